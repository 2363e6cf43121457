"""A reader's own image: what the browser did not decode, or does not hand out, is refused in a sentence and never classified."""

import base64
import io

import numpy as np
import pytest
from PIL import Image

from cnnbook.demos.shared import linker

READ = """async ([text, name, type, cells, before]) => {
    const bytes = Uint8Array.from(atob(text), (c) => c.charCodeAt(0));
    const undo = eval(before)?.();
    try {
        const image = await own.readImage(new File([bytes], name, { type }), cells);
        return { pixels: [...image.pixels], about: image.about };
    } catch (error) {
        return { kind: error.constructor.name, refused: error.message };
    } finally {
        undo?.();
    }
}"""
# Browsers that guard their canvases, or fail: what a page reads of a canvas is noise, white or nothing; a decoder gives what it will.
REPLACED = """() => {{
    const own = {owner}.{name};
    {owner}.{name} = {function};
    return () => {{ {owner}.{name} = own; }};
}}"""
PIXELS = "CanvasRenderingContext2D.prototype", "getImageData"
GUARDS = {
    "noise": "function (...at) { const read = own.apply(this, at); crypto.getRandomValues(read.data); return read; }",
    "white": "function (...at) { const read = own.apply(this, at); read.data.fill(255); return read; }",
    "nothing": "function (x, y, w, h) { return this.createImageData(w, h); }",
    "an error": "function () { throw new DOMException('The operation is insecure.', 'SecurityError'); }",
}
DECODER, WORKER = ("globalThis", "createImageBitmap"), ("globalThis", "Worker")
DECODERS = {
    "a blank image": "async () => own(new ImageData(64, 48))",
    "another size": "async () => own(new ImageData(new Uint8ClampedArray(4 * 150 * 150).fill(255), 150, 150))",
}
CELLS = 8
PHOTOGRAPH = Image.fromarray(np.random.default_rng(0).integers(0, 256, (48, 64, 3), dtype=np.uint8))
KINDS = {"JPEG": "jpeg", "PNG": "png", "GIF": "gif", "WEBP": "webp", "BMP": "bmp"}
Image.init()
if "AVIF" in Image.SAVE:  # newer versions of Pillow write it
    KINDS["AVIF"] = "avif"


def encoded(image: Image.Image, kind: str, **options) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, kind, **options)
    return buffer.getvalue()


@pytest.fixture(scope="module")
def page(browser):
    path = linker.DEMOS / "shared" / "own_image.js"
    page = browser.new_page()
    page.evaluate(f"() => {{ {linker.link(path)}\nglobalThis.own = {linker.variable(path)}; }}")
    yield page
    page.close()


@pytest.fixture(scope="module")
def about_image(javascript_module):
    return javascript_module("shared/image_file.js")


def read(page, content: bytes, name: str, kind: str, before: str = "null") -> dict:
    return page.evaluate(READ, [base64.b64encode(content).decode(), name, kind, CELLS, before])


def pixels(answer: dict) -> np.ndarray:
    return np.array(answer["pixels"]).reshape(CELLS, CELLS, 3)


def replaced(what: tuple[str, str], function: str) -> str:
    return REPLACED.format(owner=what[0], name=what[1], function=function)


def both(one: str, other: str) -> str:
    return f"() => {{ const undo = [({one})(), ({other})()]; return () => {{ for (const each of undo) each(); }}; }}"


def means(image: Image.Image) -> np.ndarray:
    """The central square of PHOTOGRAPH, 48 × 48, each cell the mean of 6 × 6 pixels."""
    return np.asarray(image.convert("RGB").crop((8, 0, 56, 48)), float).reshape(CELLS, 6, CELLS, 6, 3).mean((1, 3))


def variants(kind: str) -> list[bytes]:
    options = {
        "JPEG": [{}, {"progressive": True}, {"restart_marker_rows": 1}, {"comment": b"\xff\xd9 no end"}],
        "WEBP": [{"lossless": True}, {}],
    }
    return [encoded(PHOTOGRAPH, kind, **chosen) for chosen in options.get(kind, [{}])]


@pytest.mark.parametrize("kind", KINDS)
def test_of_each_kind_a_whole_file_is_taken_with_its_size_and_every_beginning_of_it_is_known_as_cut_off(about_image, kind):
    for content in variants(kind):
        about = about_image.aboutImage(list(content))
        assert about["whole"]
        assert kind == "AVIF" or (about["width"], about["height"]) == PHOTOGRAPH.size
        assert about_image.aboutImage([*content, 0, 0, 0, 0])["whole"] or kind == "AVIF"
        lengths = sorted({*range(30, len(content), max(1, len(content) // 60)), len(content) - 1 - (kind in ("GIF",))})
        found = about_image.map("aboutImage", [[list(content[:length])] for length in lengths])
        assert [length for length, each in zip(lengths, found, strict=True) if each["whole"]] == []


@pytest.mark.parametrize("kind", KINDS)
def test_a_whole_file_is_read_and_one_that_is_cut_off_is_refused_by_its_name(page, kind):
    content, mime = variants(kind)[0], f"image/{KINDS[kind]}"
    expected = means(Image.open(io.BytesIO(content)))
    whole = read(page, content, "whole", mime)
    np.testing.assert_allclose(pixels(whole), expected, atol=4)  # lossy kinds differ a little from decoder to decoder
    half = read(page, content[: len(content) // 2], "half", mime)
    assert half["refused"].startswith("“half” ends too early")


def test_in_a_page_that_may_have_no_worker_an_image_is_decoded_as_well(page):
    answer = read(page, encoded(PHOTOGRAPH, "PNG"), "photo.png", "image/png", replaced(WORKER, "null"))
    np.testing.assert_allclose(pixels(answer), means(PHOTOGRAPH), atol=0.51)


def test_a_file_of_another_kind_than_its_name_says_is_read_for_what_it_is(page):
    answer = read(page, encoded(PHOTOGRAPH, "PNG"), "photo.jpg", "image/jpeg")
    np.testing.assert_allclose(pixels(answer), means(PHOTOGRAPH), atol=0.51)


@pytest.mark.parametrize("guard", GUARDS)
def test_where_the_canvas_hands_out_something_else_than_was_drawn_no_image_is_taken(page, guard):
    for content, name, kind in [
        (encoded(PHOTOGRAPH, "PNG"), "photo.png", "image/png"),
        (b'<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>', "drawing.svg", "image/svg+xml"),
    ]:
        answer = read(page, content, name, kind, replaced(PIXELS, GUARDS[guard]))
        assert answer["refused"].startswith(f"This browser does not let a page read the pixels of “{name}”")


@pytest.mark.parametrize("decoder", DECODERS)
@pytest.mark.parametrize("kind", ["JPEG", "BMP"])
def test_what_was_decoded_into_something_else_is_refused(page, decoder, kind):
    answer = read(
        page,
        encoded(PHOTOGRAPH, kind),
        "photo",
        f"image/{KINDS[kind]}",
        both(replaced(WORKER, "null"), replaced(DECODER, DECODERS[decoder])),
    )
    assert answer["refused"].startswith("This browser could not decode all of “photo”")


@pytest.mark.parametrize(
    ("size", "drawn"),
    [
        ('viewBox="0 0 30 20"', (1536, 1024)),
        ('width="100%" height="100%" viewBox="0 0 2 2"', (1024, 1024)),
        ('width="30" viewBox="0 0 30 30"', (1024, 1024)),
        ('viewBox="0 0 1000 1"', (8192, 8)),
        ('width="3cm" height="1.5cm"', None),
        ('width="64" height="48"', (64, 48)),
    ],
)
def test_a_drawing_is_drawn_at_its_own_size_or_at_one_with_its_proportions(page, size, drawn):
    content = f'<svg xmlns="http://www.w3.org/2000/svg" {size}><rect width="100%" height="100%" fill="#f00"/></svg>'.encode()
    answer = read(page, content, "drawing.svg", "image/svg+xml")
    np.testing.assert_allclose(pixels(answer), np.broadcast_to([255, 0, 0], (CELLS, CELLS, 3)), atol=1)  # an edge may end within a pixel
    if drawn:
        assert "{:,} × {:,} pixels".format(*drawn) in answer["about"]
        assert ("without a size of its own" in answer["about"]) is (drawn != (64, 48))


@pytest.mark.parametrize("size", ["", 'width="100%" height="100%"', 'width="0" height="0"', 'viewBox="0 0 0 9"', 'viewBox="0 0"'])
def test_a_drawing_without_a_size_and_proportions_is_refused(page, size):
    answer = read(page, f'<svg xmlns="http://www.w3.org/2000/svg" {size}/>'.encode(), "drawing.svg", "image/svg+xml")
    assert answer["refused"].startswith("“drawing.svg” does not say how large it is")


@pytest.mark.parametrize(
    "content", [b"<svg", b"", b"<html/>", b'<svg width="9" height="9"/>', b"\xff\xfe<\x00s\x00v\x00g\x00", b"<svg xmlns='x'>&none;</svg>"]
)
def test_what_is_no_drawing_is_refused(page, content):
    answer = read(page, content, "drawing.svg", "image/svg+xml")
    assert answer["refused"].startswith("“drawing.svg” is not an image")


def test_an_image_that_would_take_all_memory_is_refused_before_it_is_decoded(page):
    content = bytearray(encoded(Image.new("RGB", (4, 4)), "PNG"))
    content[16:24] = (30_000).to_bytes(4, "big") * 2
    assert "has 900 million pixels; an image may have up to 200 million" in read(page, bytes(content), "bomb.png", "image/png")["refused"]


def test_whatever_a_file_holds_a_refusal_is_a_sentence_of_the_books(page):
    rng = np.random.default_rng(1)
    for kind in KINDS:
        for _ in range(6):
            content = bytearray(variants(kind)[0])
            for at in rng.integers(0, len(content), 8):
                content[at] = rng.integers(0, 256)
            answer = read(page, bytes(content), "damaged", f"image/{KINDS[kind]}")
            assert "pixels" in answer or (answer["kind"] == "Refusal" and "“damaged”" in answer["refused"])

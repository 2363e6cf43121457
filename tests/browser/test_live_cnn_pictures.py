"""A reader's own pictures in the live network: files, drops, pastes, drawings, and what is no picture."""

import numpy as np
import pytest
from PIL import Image

from cnnbook import data
from cnnbook.demos import LiveCNN
from tests.browser.live import CHAPTER, HAND_OVER, Live, base64_of, encoded, keras_cnn

# Read a picture over and over, which takes longer than to read it once.
DECODE = """async text => {
    const picture = new Blob([Uint8Array.from(atob(text), (c) => c.charCodeAt(0))], { type: "image/png" });
    for (let i = 0; i < 10; i++) await createImageBitmap(picture);
    await new Promise(requestAnimationFrame);
}"""
PICTURE = data.photograph("temple")[100:132, 200:232]


@pytest.fixture
def live(open_anew, address):
    return Live(open_anew(address + CHAPTER))


@pytest.fixture
def served(open_anew, server):
    return Live(open_anew(server + CHAPTER))


def expected_pixels(image: Image.Image) -> np.ndarray:
    """The central square, each of 32 × 32 pixels the mean of what it covers, by Pillow's exact reduction of a multiple of 32."""
    side = min(image.size)
    left, top = (image.width - side) // 2, (image.height - side) // 2
    assert side % 32 == 0
    square = image.convert("RGB").crop((left, top, left + side, top + side))
    return np.asarray(square.reduce(side // 32), int)


def test_a_twelve_megapixel_photograph_with_an_orientation_is_turned_cut_and_averaged(served):
    photograph = Image.fromarray(data.photograph("flower")).resize((4096, 3008))
    turned = photograph.transpose(Image.Transpose.ROTATE_90)
    exif = Image.Exif()
    exif[0x0112] = 6  # to be turned by a quarter to the right, as a phone held upright writes it
    served.give("phone.jpg", encoded(turned, "JPEG", quality=95, exif=exif), "image/jpeg")
    np.testing.assert_allclose(served.pixels(), expected_pixels(photograph), atol=4)
    assert "4,096 × 3,008 pixels; its central square of 3,008 × 3,008" in served.note()


def test_transparent_parts_count_as_white_and_the_page_says_so(served):
    image = np.zeros((64, 64, 4), np.uint8)
    image[:32] = (255, 0, 0, 255)
    image[32:, :32] = (0, 0, 0, 128)
    served.give("see-through.png", encoded(image))
    shown = served.pixels()
    np.testing.assert_array_equal(shown[0, 0], [255, 0, 0])
    np.testing.assert_allclose(shown[31, 0], 127, atol=1)
    np.testing.assert_array_equal(shown[31, 31], [255, 255, 255])
    assert "Transparent parts are treated as white" in served.note()


def test_an_opaque_picture_is_not_said_to_be_transparent(served):
    served.give("opaque.png", encoded(PICTURE))
    np.testing.assert_array_equal(served.pixels(), PICTURE)
    assert "ransparent" not in served.note()


@pytest.mark.parametrize("size", [(1, 1), (1, 500), (33, 31), (31, 100), (5000, 40)])
def test_pictures_of_odd_sizes_are_taken(served, size):
    served.give("odd.png", encoded(Image.new("RGB", size, (10, 200, 30))))
    np.testing.assert_array_equal(served.pixels(), np.broadcast_to([10, 200, 30], (32, 32, 3)))
    assert served.complaint() == ""


def test_reducing_by_a_fraction_shares_a_pixel_between_its_neighbours(served):
    ramp = np.repeat(np.arange(48, dtype=np.uint8)[None, :, None] * 5, 48, axis=0).repeat(3, axis=2)
    served.give("ramp.png", encoded(ramp))
    fine = ramp.repeat(2, axis=0).repeat(2, axis=1).astype(float)
    means = fine.reshape(32, 3, 32, 3, 3).mean((1, 3))
    np.testing.assert_allclose(served.pixels(), means, atol=0.51)


def test_of_an_animation_the_first_frame_counts_and_the_page_says_so(served):
    frames = [Image.new("RGB", (40, 40), colour) for colour in ("red", "blue")]
    served.give("moving.gif", encoded(frames[0], "GIF", save_all=True, append_images=frames[1:], duration=50), "image/gif")
    np.testing.assert_array_equal(served.pixels()[5, 5], [255, 0, 0])
    assert "first frame of an animation is used" in served.note()


def test_a_vector_drawing_is_taken(served):
    svg = b'<svg xmlns="http://www.w3.org/2000/svg" width="64" height="64"><rect width="64" height="32" fill="#00f"/></svg>'
    served.give("drawing.svg", svg, "image/svg+xml")
    np.testing.assert_array_equal(served.pixels()[[0, 31], 0], [[0, 0, 255], [255, 255, 255]])


@pytest.mark.parametrize(
    ("name", "content", "kind", "words"),
    [
        ("notes.txt", b"no image", "text/plain", "is not an image that this browser can read. It takes JPEG, PNG"),
        ("broken.png", encoded(np.zeros((9, 9, 3), np.uint8))[:40], "image/png", "ends too early"),
        ("empty.jpg", b"", "image/jpeg", "is not an image"),
        ("phone.heic", b"\0\0\0\x18ftypheic\0\0\0\0mif1heic", "image/heic", "Save a HEIC image as JPEG first."),
        ("broken.svg", b"<svg", "image/svg+xml", "is not an image"),
    ],
)
def test_what_is_no_picture_is_named_and_changes_nothing(served, name, content, kind, words):
    before = served.probabilities(), served.pixels(), served.note()
    served.give(name, content, kind)
    assert name in served.complaint()
    assert words in served.complaint()
    for now, then in zip((served.probabilities(), served.pixels(), served.note()), before, strict=True):
        np.testing.assert_array_equal(now, then)
    served.choose("Image", "horse")
    assert served.complaint() == ""


@pytest.mark.parametrize(("selector", "event"), [(".cb-live", "drop"), (".cb-live select", "paste"), ("body", "paste")])
def test_a_picture_can_be_dropped_and_pasted(live, selector, event):
    live.page.evaluate(HAND_OVER, [selector, event, base64_of(encoded(PICTURE))])
    live.page.wait_for_function("document.querySelector('.cb-note').textContent.includes('given.png')")
    expected = keras_cnn().predict(data.scale(PICTURE[None]), verbose=0)[0]
    np.testing.assert_allclose(live.probabilities(), expected, atol=1e-4)
    assert live.root.get_by_label("Image", exact=True).input_value() == "own"


def test_a_drop_without_a_file_is_answered(served):
    served.page.evaluate(HAND_OVER, [".cb-live", "drop", ""])
    assert "That was not a file" in served.complaint()


def test_a_paste_far_from_the_demo_is_not_taken(served):
    served.page.evaluate("window.scrollTo(0, 0)")
    served.page.evaluate(HAND_OVER, ["body", "paste", base64_of(encoded(PICTURE))])
    served.page.evaluate(DECODE, base64_of(encoded(PICTURE)))
    assert "given.png" not in served.note()


def test_a_phone_offers_its_camera(open_page, server):
    phone = Live(open_page(server + CHAPTER, width=390, has_touch=True, is_mobile=True))
    with phone.page.expect_file_chooser() as chooser:
        phone.root.get_by_role("button", name="Take a photograph").click()
    assert chooser.value.element.get_attribute("capture") == "environment"


def test_choosing_a_file_opens_the_systems_dialog(served):
    with served.page.expect_file_chooser() as chooser:
        served.root.get_by_role("button", name="Choose a file").click()
    chooser.value.set_files({"name": "chosen.png", "mimeType": "image/png", "buffer": encoded(PICTURE)})
    served.page.wait_for_function("document.querySelector('.cb-note').textContent.includes('chosen.png')")
    np.testing.assert_array_equal(served.pixels(), PICTURE)


def test_a_drawing_by_mouse_is_classified_as_keras_does(served):
    served.press("Draw")
    served.press("White sheet")
    served.root.get_by_role("button", name="red", exact=True).click()
    served.choose("Brush", "3")
    served.page.mouse.move(*served.spot(".cb-picture", 32, 10.5, 5.5))
    served.page.mouse.down()
    served.page.mouse.move(*served.spot(".cb-picture", 32, 10.5, 25.5), steps=4)
    served.page.mouse.up()
    served.settle()
    drawn = np.full((32, 32, 3), 255, np.uint8)
    drawn[9:12, 4:27] = (190, 40, 35)
    np.testing.assert_array_equal(served.pixels(), drawn)
    np.testing.assert_allclose(served.probabilities(), keras_cnn().predict(data.scale(drawn[None]), verbose=0)[0], atol=1e-4)


def test_one_can_draw_with_the_keyboard_alone(served):
    served.press("Draw")
    served.press("White sheet")
    served.choose("Brush", "1")
    served.root.locator(".cb-picture").focus()
    for key in ("ArrowUp", "Space", "ArrowRight", "Shift+ArrowRight", "Shift+ArrowDown"):
        served.page.keyboard.press(key)
    served.settle()
    drawn = np.full((32, 32, 3), 255, np.uint8)
    for row, column in ((15, 16), (15, 17), (15, 18), (16, 18)):
        drawn[row, column] = (20, 20, 20)
    np.testing.assert_array_equal(served.pixels()[drawn[..., 0] == 20], 20)
    np.testing.assert_allclose(served.probabilities(), keras_cnn().predict(data.scale(drawn[None]), verbose=0)[0], atol=1e-4)


def test_drawing_on_a_sample_leaves_the_sample_as_it_was(served):
    served.press("Draw")
    served.root.locator(".cb-picture").focus()
    served.page.keyboard.press("Space")
    served.settle()
    assert "drawing" in served.note()
    served.press("Stop drawing")
    served.choose("Image", "cat")
    np.testing.assert_array_equal(served.pixels(), LiveCNN().pixels()[0])

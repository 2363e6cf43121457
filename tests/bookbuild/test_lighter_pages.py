"""What delays a page is put off or left out: scripts, and figures far below."""

from PIL import Image

from bookbuild.sphinx_parts.lighter_pages import lighten, load_figures_late


def test_a_figure_is_fetched_when_it_comes_near_and_keeps_its_place_until_then(tmp_path):
    Image.new("RGB", (30, 20)).save(tmp_path / "figure.png")
    late = load_figures_late('<img alt="a wave" src="figure.png" />', tmp_path)
    assert late == '<img loading="lazy" width="30" height="20" alt="a wave" src="figure.png" />'


def test_images_in_the_page_itself_and_those_with_a_size_stay_as_they_are(tmp_path):
    for image in ('<img alt="a demo" src="data:image/png;base64,AAAA">', '<img src="logo.png" width="10">'):
        assert load_figures_late(image, tmp_path) == image


def test_a_script_waits_for_the_text_and_keeps_its_address():
    assert lighten('<script src="a.js"></script>', "") == '<script defer src="a.js"></script>'
    assert lighten('<script async src="a.js"></script>', "") == '<script async src="a.js"></script>'

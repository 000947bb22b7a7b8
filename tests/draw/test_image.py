"""PNG and PDF show what the SVG shows, with or without fonts on the machine."""

import struct
import sys

import pytest

from vizgrad.draw import LayoutError, dot, image, render, svg

from .reading import read
from .traces import chain, fan_out, layer, named, seed


def size(png):
    assert png.startswith(b"\x89PNG")
    return struct.unpack(">II", png[16:24])


@pytest.mark.parametrize("trace", [seed, chain(12), layer()])
def test_a_png_is_the_svg_at_twice_its_size(trace):
    picture = svg(trace, style=False)
    _, _, width, height = map(float, read(picture).root.attrib["viewBox"].split())
    across, down = size(render(dot(trace).source, "png"))
    assert abs(across - 2 * width) <= 2 and abs(down - 2 * height) <= 2


def test_labels_of_arrows_and_heat_maps_are_in_the_image():
    for trace, mark in ((fan_out(), 'text-anchor="middle" fill="#005f96"'), (layer(), '<path class="warm"')):
        picture = svg(trace, style=False)
        assert mark in picture
        assert image.image(picture, "png") != image.image(picture.replace(mark, mark + ' display="none"'), "png")


def test_a_pdf_has_text_that_can_be_copied_and_a_title_and_the_same_bytes_each_time():
    made = render(dot(seed).source, "pdf")
    assert made.startswith(b"%PDF") and b"DejaVuSansMono" in made and b"Computation graph of o" in made
    assert made == render(dot(seed).source, "pdf")


def test_a_very_large_picture_is_less_sharp_and_its_page_is_one_that_can_be_shown():
    bare = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 500 60000" aria-label="tall"></svg>'
    across, down = size(image.image(bare, "png"))
    assert across * down <= image.MOST * 1.01
    box = image.image(bare, "pdf").split(b"/MediaBox[")[1].split(b"]")[0].split()
    assert max(float(n) for n in box) <= image.LONGEST + 1


def test_a_machine_without_fonts_gets_the_same_letters(monkeypatch):
    import typst

    usual = render(dot(seed).source, "png")
    image._fonts.cache_clear()
    monkeypatch.setattr(image, "_fonts", lambda: typst.Fonts(include_system_fonts=False))
    bare = render(dot(seed).source, "png")
    assert size(bare) == size(usual)
    nothing = image.image(svg(seed, style=False).replace("<text", '<text display="none"'), "png")
    assert bare != nothing


def test_signs_that_no_font_has_are_told(monkeypatch):
    monkeypatch.setattr(image, "_is_known", lambda sign: sign not in "損失")
    with pytest.warns(UserWarning, match="No font on this machine has 失, 損: � stands in its place"):
        assert render(dot(named("損失")).source, "png").startswith(b"\x89PNG")


def test_a_sign_is_known_or_not():
    assert image._is_known("x") and image._is_known("∂") and image._is_known("&")
    assert not image._is_known("\U0010fffd")


def test_without_typst_it_says_what_to_do(monkeypatch):
    monkeypatch.setitem(sys.modules, "typst", None)
    with pytest.raises(LayoutError, match="pip install typst"):
        render(dot(seed).source, "png")

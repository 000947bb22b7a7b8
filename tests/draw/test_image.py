"""PNG and PDF show what the SVG shows, with or without fonts on the machine."""

import struct
import sys
import threading
import warnings

import pytest

from vizgrad.draw import LayoutError, render, svg
from vizgrad.draw.render import image
from vizgrad.draw.style import SANS_ADVANCE

from .reading import read
from .traces import chain, fan_out, layer, named, seed


def size(png):
    assert png.startswith(b"\x89PNG")
    return struct.unpack(">II", png[16:24])


@pytest.mark.parametrize("trace", [seed, chain(12), layer()])
def test_a_png_is_the_svg_at_twice_its_size(trace):
    picture = svg(trace, style=False)
    _, _, width, height = map(float, read(picture).root.attrib["viewBox"].split())
    across, down = size(render(trace, "png"))
    assert abs(across - 2 * width) <= 2 and abs(down - 2 * height) <= 2


def test_labels_of_arrows_and_heat_maps_are_in_the_image():
    for trace, mark in ((fan_out(), 'text-anchor="middle" fill="#005f96"'), (layer(), '<path class="warm"')):
        picture = svg(trace, style=False)
        assert mark in picture
        assert image.image(picture, "png") != image.image(picture.replace(mark, mark + ' display="none"'), "png")


def test_a_pdf_has_text_that_can_be_copied_and_a_title_and_the_same_bytes_each_time():
    made = render(seed, "pdf")
    assert made.startswith(b"%PDF") and b"DejaVuSansMono" in made and b"Computation graph of o" in made
    assert made == render(seed, "pdf")


def test_a_very_large_picture_is_less_sharp_and_its_page_is_one_that_can_be_shown():
    bare = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 500 60000" aria-label="tall"></svg>'
    across, down = size(image.image(bare, "png"))
    assert across * down <= image.MOST * 1.01
    box = image.image(bare, "pdf").split(b"/MediaBox[")[1].split(b"]")[0].split()
    assert max(float(n) for n in box) <= image.LONGEST + 1


def test_texts_are_drawn_without_a_font_of_this_machine(monkeypatch):
    asked, compiler = [], image._compiler
    monkeypatch.setattr(image, "_compiler", lambda has_others: asked.append(has_others) or compiler(has_others))
    usual = render(seed, "png")
    assert image.image(svg(seed, style=False).replace("<text", '<text display="none"'), "png") != usual
    assert asked == [False, False]


def test_signs_of_fonts_of_this_machine_are_used(monkeypatch):
    asked, compiler = [], image._compiler
    monkeypatch.setattr(image, "_compiler", lambda has_others: asked.append(has_others) or compiler(has_others))
    monkeypatch.setattr(image, "_is_known", lambda sign, has_others: has_others or sign not in "損失")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert render(named("損失"), "png").startswith(b"\x89PNG")
    assert asked == [True]


def test_signs_that_no_font_has_are_told(monkeypatch):
    monkeypatch.setattr(image, "_is_known", lambda sign, has_others: sign not in "損失")
    with pytest.warns(UserWarning, match="No font that can be read here has 失, 損: � stands in its place"):
        assert render(named("損失"), "png").startswith(b"\x89PNG")


@pytest.mark.parametrize("has_others", [False, True])
def test_a_sign_is_known_or_not(has_others):
    assert image._is_known("x", has_others) and image._is_known("∂", has_others) and image._is_known("&", has_others)
    assert not image._is_known("\U0010fffd", has_others)


def test_all_plain_signs_are_in_the_font_that_comes_along():
    assert [
        sign
        for sign in sorted(image.PLAIN)
        if sign.isprintable() and not sign.isspace() and not image._is_known(sign, False)
    ] == []


def test_texts_keep_within_the_room_of_a_proportional_font():
    wide = '<text x="0" y="12" font-family="sans-serif" font-size="11" fill="#000">' + "m" * 10 + "</text>"
    frame = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {} 20" aria-label="m">{}</svg>'
    room = 10 * 11 * SANS_ADVANCE
    cover = f'<rect x="{room}" width="60" height="20" fill="#fff"/>'
    seen, covered = (image.image(frame.format(room + 60, text), "png") for text in (wide, wide + cover))
    assert seen == covered


def test_a_picture_of_too_much_text_is_refused():
    huge = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9">{" " * image.MOST_TEXT}</svg>'
    with pytest.raises(LayoutError, match=r"too large to be written as PNG; as \.svg or \.html it can be saved"):
        image.image(huge, "png")


def test_text_that_is_no_svg_is_told():
    with pytest.raises(LayoutError, match="could not be written as PDF: "):
        image.image("<svg", "pdf")


def test_a_fault_of_typst_is_told(monkeypatch):
    class PanicException(BaseException):
        """As Rust's faults arrive in Python."""

    class Broken:
        def compile(self, *args, **options):
            raise PanicException("index out of bounds")

    monkeypatch.setattr(image, "_compiler", lambda has_others: Broken())
    with pytest.raises(LayoutError, match="could not be written as PNG: index out of bounds"):
        render(seed, "png")


def test_threads_take_turns():
    made: list[object] = []

    def draw(width: int) -> None:
        bare = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} 50" aria-label="wide"></svg>'
        for _ in range(5):
            try:
                made.append(size(image.image(bare, "png")) == (2 * width, 100))
            except LayoutError as error:
                made.append(error)

    threads = [threading.Thread(target=draw, args=(width,)) for width in (100, 200, 300)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert made == [True] * 15


def test_without_typst_it_says_what_to_do(monkeypatch):
    monkeypatch.setitem(sys.modules, "typst", None)
    monkeypatch.setattr(image, "_compiler", image._compiler.__wrapped__)
    with pytest.raises(LayoutError, match="pip install typst"):
        render(seed, "png")

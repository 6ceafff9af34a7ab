"""What the full path puts on paper can be read: by eyes, by copying, and by a telephone's camera."""

from __future__ import annotations

import pytest
from PIL import Image, ImageFilter
from pyzbar.pyzbar import decode
from weasyprint.text.fonts import FontConfiguration

from certificates.press import theming
from certificates.press.full import compose, print_full, write
from tests.certificates.press.ordering import ADDRESS, make_order, picture_of, text_of, unlike

RARE = ["许知秋", "欧阳𬭎", "阿依古丽·买买提", "㛃", "龘龖", "〇"]


@pytest.mark.parametrize("name", RARE)
def test_names_come_back_from_the_text(name: str) -> None:
    assert name in text_of(print_full(make_order(name=name)).pdf)


@pytest.mark.parametrize("name", RARE)
def test_names_are_drawn_by_a_font_that_has_them(name: str) -> None:
    order = make_order(name=name)
    document = compose(order)
    write(document, order)
    assert [font.missing for font in document.fonts.values() if font.missing] == []


def test_code_is_read_from_paper() -> None:
    found = decode(picture_of(print_full(make_order()).pdf))
    assert [each.data.decode() for each in found] == [ADDRESS]


def test_code_is_read_from_a_bad_photograph() -> None:
    """Held at an angle, turned, out of focus, under a lamp from one side."""
    paper = picture_of(print_full(make_order()).pdf, dots=200)
    wide, high = paper.size
    corners = (-60, -20, 0, high, wide, high + 60, wide + 90, -70)
    photo = paper.transform(
        paper.size, Image.Transform.QUAD, corners, Image.Resampling.BICUBIC, fillcolor="#776"
    )
    photo = photo.rotate(11, Image.Resampling.BICUBIC, expand=True, fillcolor="#776")
    photo = photo.filter(ImageFilter.GaussianBlur(1.2))
    shade = Image.linear_gradient("L").resize(photo.size)
    photo = Image.composite(
        photo, Image.new("RGB", photo.size, "#443a33"), shade.point(lambda v: 120 + v // 2)
    )
    assert [each.data.decode() for each in decode(photo)] == [ADDRESS]


def test_cut_fonts_and_kept_drawings_look_like_the_machines_own(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pixels, not text: a font whose glyphs were numbered wrongly prints blank and still copies."""
    order = make_order(name="欧阳知秋")
    monkeypatch.setattr(
        "certificates.press.full._own_fonts", lambda pdf: set()
    )  # bare ones are smoothed otherwise
    ours = picture_of(print_full(order).pdf)
    monkeypatch.setattr(theming, "fonts", FontConfiguration)
    monkeypatch.setattr("certificates.press.full.drawing", lambda svg: None)
    theming.load_theme.cache_clear()
    try:
        theirs = picture_of(print_full(order).pdf)
    finally:
        theming.load_theme.cache_clear()
    assert unlike(ours, theirs) <= 0.001
    assert unlike(ours, Image.new("RGB", ours.size, "white")) > 0.01


def test_markup_in_a_name_is_printed_as_it_stands() -> None:
    name = "<b>张三</b><style>p{display:none}</style>"
    assert name in text_of(print_full(make_order(name=name)).pdf)


def test_page_that_does_not_fit_says_so() -> None:
    assert print_full(make_order(name="长" * 400)).overflowing != ()
    assert print_full(make_order()).overflowing == ()

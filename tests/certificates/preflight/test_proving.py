"""Trial prints, read back: every word as it was, nothing beside the page, no box for a character."""

from __future__ import annotations

import unicodedata
from dataclasses import replace
from io import BytesIO
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from pypdf import PdfWriter

from certificates.gallery.sitters import PLAIN, sitter
from certificates.models import Issuer
from certificates.preflight import proving
from certificates.preflight.proving import Proved, compare, field_title, prove, texts_of
from certificates.preflight.reading import dense, read_pdf, text_of_html, unreadable
from certificates.press import Order, Printed, lettering
from certificates.press.printing import print_here
from certificates.printing import Printable, order_of
from core.errors import Refusal
from people.naming import as_name
from tests.certificates.making import ISSUER_NAME, NOW

FONTS = ("Noto Serif CJK SC", "Noto Sans CJK SC")


@pytest.fixture(autouse=True, scope="module")
def _in_this_process() -> Any:
    """The press without its child: nothing here is about the limits."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(proving, "print_order", print_here)
        yield


def sitting(name: str = "许知秋", theme: str = "standard", **changes: Any) -> Printable:
    sits = sitter(PLAIN, issuer=Issuer(code="QHXY", name=ISSUER_NAME), theme=theme, now=NOW)
    sits.holder.printed_name = name
    for field, value in changes.items():
        setattr(sits.holder, field, value)
    return sits


def codes(proved: Proved) -> list[str]:
    return [finding.code for finding in proved.findings]


@pytest.mark.parametrize("theme", ["standard", "portrait", "card"])
@pytest.mark.parametrize("name", ["许知秋", "㛃𬭎", "阿依古丽·买买提", "欧阳〇é", "張中華"])
def test_rare_names_are_printed_and_read_back(theme: str, name: str) -> None:
    assert codes(prove(sitting(name, theme))) == []


COMPATIBLE = [
    chr(code)
    for code in range(0xF900, 0xFADA)
    if unicodedata.category(chr(code)) == "Lo" and not lettering.missing_glyphs(chr(code), fonts=FONTS)
]


@settings(max_examples=12)
@given(st.lists(st.sampled_from(COMPATIBLE), min_size=1, max_size=8))
def test_compatibility_ideographs_keep_their_code_points(chars: list[str]) -> None:
    """Row 41: what Unicode would fold into another character is printed and read as what it is; or it is set aside."""
    name = "王" + "".join(chars)
    order = order_of(sitting(name))
    assert order.context["holder"]["name"] == name
    page = read_pdf(print_here(order).pdf)
    assert name in page.text or "holder.name" in compare(order, page)
    if len(chars) == 1:
        assert name in page.text


@settings(max_examples=15)
@given(st.text(st.characters(codec="utf-8", exclude_categories=["Cs"]), min_size=1, max_size=24))
def test_every_name_is_refused_missing_or_printed_as_it_is(text: str) -> None:
    """Row 42: bidi, zero-width, emoji and whatever else comes: never something else on paper than in the record."""
    try:
        name = as_name(text)
    except Refusal:
        return
    assume(not lettering.missing_glyphs(name, fonts=FONTS))
    proved = prove(sitting(name))
    if not proved.findings:
        page = read_pdf(print_here(order_of(sitting(name))).pdf)
        assert dense(name) in page.text


def test_two_characters_drawn_alike_by_one_glyph_are_set_aside() -> None:
    """U+F907 and U+F908 are one drawing: only one of them can be read back."""
    assert codes(prove(sitting("\uf907\uf908"))) == ["reads"]
    assert codes(prove(sitting("\uf908"))) == []


@pytest.mark.parametrize("field", ["printed_name", "mentor_name"])
def test_a_character_without_a_glyph_is_named_wherever_it_stands(field: str) -> None:
    sits = sitting()
    setattr(sits.holder, field, "王\U0002ee5d")
    found = [finding for finding in prove(sits).findings if finding.code == "printable"]
    assert ["U+2EE5D" in finding.reason for finding in found] == [True]


def test_what_does_not_fit_is_said_in_words(monkeypatch: pytest.MonkeyPatch) -> None:
    def overflowing(order: Order) -> Printed:
        return replace(print_here(order), overflowing=("mentor.name", "mentor.tier"))

    monkeypatch.setattr(proving, "print_order", overflowing)
    (finding,) = prove(sitting()).findings
    assert (finding.code, finding.reason) == ("fits", "版面放不下：导师与结对编号")


def test_forbidden_words_of_a_module_are_found_and_names_are_free() -> None:
    sits = sitting("张中华", mentor_name="李国家")
    assert codes(prove(sits)) == []
    sits.certificate.snapshot["modules"][0]["title"] = "全国统考"
    assert codes(prove(sits)) == ["wording"]


def another_name(order: Order) -> Printed:
    holder = {**order.context["holder"], "name": "许知秌"}
    return print_here(replace(order, context={**order.context, "holder": holder}))


def second_page(order: Order) -> Printed:
    writer, written = PdfWriter(), BytesIO()
    for _ in range(2):
        writer.append(BytesIO(print_here(order).pdf))
    writer.write(written)
    return Printed(written.getvalue(), fast=False)


def another_size(order: Order) -> Printed:
    return print_here(replace(order, theme="portrait"))


@pytest.mark.parametrize(
    ("press", "code"), [(another_name, "reads"), (second_page, "fits"), (another_size, "fits")]
)
def test_a_press_that_errs_is_found_out(press: Any, code: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(proving, "print_order", press)
    assert code in codes(prove(sitting()))


def test_signs_without_a_meaning_are_told_apart() -> None:
    assert unreadable("许\ufffd知\ue000秋\ufffd") == ("\ufffd", "\ue000")


def test_text_of_a_page_is_its_body_without_spaces() -> None:
    html = "<head><title>题</title><style>b{}</style></head><body><p>许 <b>知\n秋</b>&amp;<script>1</script></p></body>"
    assert text_of_html(html) == "许知秋&"


def test_texts_of_a_context_by_dotted_name() -> None:
    context = {"a": {"b": "甲"}, "c": [{"d": 3}, "乙"], "e": None, "f": True, "g": ""}
    assert list(texts_of(context)) == [("a.b", "甲"), ("c.0.d", "3"), ("c.1", "乙")]


def test_fields_have_titles_in_words() -> None:
    assert field_title("modules.3.result") == "模块与成绩"
    assert field_title("holder.name") == "持证人姓名"
    assert field_title("unheard.of") == "unheard.of"

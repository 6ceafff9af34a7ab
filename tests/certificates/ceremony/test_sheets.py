"""What is signed, read out and measured with: who stands on it, in which order, on how many pages."""

from __future__ import annotations

from typing import Any

import pypdfium2
import pytest

from certificates.ceremony.announcing import announced, set_reading
from certificates.ceremony.lines import Place, SeatLine, seat_lines
from certificates.ceremony.rulers import print_test_sheet
from certificates.ceremony.sheets import print_announcing_list, print_signing_sheet
from certificates.erasing import erase_holder
from certificates.models import BatchRow, Reason, RowState
from certificates.press import Offset
from certificates.revoking import revoke_certificate
from core.errors import NotAllowed, Refusal
from people.models import Role
from tests.certificates.ceremony.making import make_ceremony, make_places
from tests.certificates.making import NOW
from tests.factories import make_organisation, make_person

pytestmark = pytest.mark.django_db
MM = 72 / 25.4


def pages(content: bytes) -> list[str]:
    return [page.get_textpage().get_text_range() for page in pypdfium2.PdfDocument(content)]


def many(count: int) -> list[SeatLine]:
    """Lines of people who are about to get a certificate."""
    row = {"state": RowState.READY}
    return [
        SeatLine(
            BatchRow(pk=seat, seat=seat, **row),
            f"某{seat:03d}",
            f"2026-{seat:04d}",
            Place("春晖里社区"),
            None,
        )
        for seat in range(1, count + 1)
    ]


def test_sheet_to_sign_names_everybody_in_seat_order() -> None:
    batch, _by = make_ceremony(places=make_places())
    text = pages(print_signing_sheet(batch, seat_lines(batch, now=NOW)))[0]
    rows = batch.rows.order_by("seat").values_list(
        "person__account__name", "person__account__staff_number", "certificate__serial"
    )
    at = [text.index(said) for row in rows for said in row]
    assert at == sorted(at)
    for said in ("领取签收表", "2026-11", "青禾区社区治理学院", "共 3 份", "春晖里社区", "第 1 页，共 1 页"):
        assert said in text


def test_sheet_to_sign_has_20_to_25_lines_a_page_and_its_head_on_each() -> None:
    batch, _by = make_ceremony(issued=False)
    found = pages(print_signing_sheet(batch, many(65)))
    lines = [text.count("2026-0") for text in found]
    assert (lines[:-1], sum(lines)) == ([lines[0], lines[1]], 65)
    assert all(20 <= count <= 25 for count in lines[:-1])
    assert ["领取人签字" in text for text in found] == [True] * 3
    assert "第 3 页，共 3 页" in found[2]


def test_who_was_revoked_or_erased_is_left_out_and_the_seat_is_said() -> None:
    batch, by = make_ceremony()
    first, second, _third = batch.rows.order_by("seat").select_related("certificate")
    revoke_certificate(certificate=first.certificate, reason=Reason.MISCONDUCT, note="", by=by, now=NOW)
    erase_holder(person=second.person, by=None, now=NOW)
    lines = seat_lines(batch, now=NOW)
    for text in (
        "".join(pages(print_signing_sheet(batch, lines))),
        "".join(pages(print_announcing_list(batch, lines))),
    ):
        assert ("单雄信" in text, "曾小贤" in text, "1–2" in text) == (False, False, True)
    assert "区" in text


def test_announcers_list_has_syllables_and_what_to_ask() -> None:
    batch, by = make_ceremony("单雄信", "欧阳𬭎", "任我行")
    set_reading(row=batch.rows.get(seat=3), text="ren2 wo3 hang2", by=by, now=NOW)
    text = "".join(pages(print_announcing_list(batch, seat_lines(batch, now=NOW))))
    for said in ("宣读名单", "shàn", "hóng", "háng", "“单”作姓读 shàn，还是 dān？", "𬭎”是生僻字"):
        assert said in text
    assert ("“任”" in text, "“行”" in text) == (False, False)


def test_reading_by_hand_is_kept_taken_back_and_erased_with_its_bearer() -> None:
    batch, by = make_ceremony("任我行")
    row = set_reading(row=batch.rows.get(), text="rén wǒ háng", by=by, now=NOW)
    assert str(seat_lines(batch, now=NOW)[0].reading) == row.reading == "rén wǒ háng"
    set_reading(row=row, text=" ", by=by, now=NOW)
    assert str(seat_lines(batch, now=NOW)[0].reading) == "rén wǒ xíng"
    set_reading(row=row, text="rén wǒ háng", by=by, now=NOW)
    erase_holder(person=row.person, by=None, now=NOW)
    row.refresh_from_db()
    assert row.reading == ""
    with pytest.raises(Refusal):
        set_reading(row=row, text="rén wǒ háng", by=by, now=NOW)


def test_only_those_who_issue_there_put_readings_right() -> None:
    batch, _by = make_ceremony("任我行")
    elsewhere = make_person(organisation=make_organisation("OTHER"), roles=(Role.ISSUER,))
    for stranger in (make_person(), elsewhere):
        with pytest.raises(NotAllowed):
            set_reading(row=batch.rows.get(), text="rén wǒ háng", by=stranger, now=NOW)


def test_markup_in_a_name_is_text() -> None:
    batch, _by = make_ceremony(issued=False)
    line = many(1)[0]
    wild = SeatLine(line.row, "<b>某</b>", "<i>", Place("<svg/onload=x>"), None)
    for printer in (print_signing_sheet, print_announcing_list):
        assert "<b>" in "".join(pages(printer(batch, [wild])))


def test_test_sheet_has_the_page_of_the_design_a_ruler_and_the_texts_moved() -> None:
    batch, _by = make_ceremony()
    at = []
    for offset in (Offset(), Offset(50, -25)):
        page = pypdfium2.PdfDocument(print_test_sheet(batch, offset, now=NOW))[0]
        assert [round(side / MM) for side in page.get_size()] == [297, 210]
        text = page.get_textpage()
        index = text.search("单雄信").get_next()[0]
        left, bottom, *_rest = text.get_charbox(index)
        at.append((left / MM, bottom / MM))
        words = text.get_text_range()
        assert ("套打测试页" in words, "SQ-2026-QHXY-10-000000" in words, "页，共" in words) == (
            True,
            True,
            False,
        )
        certificate = batch.rows.get(seat=1).certificate
        assert (certificate.serial in words, certificate.code in words) == (False, False)
    assert (at[1][0] - at[0][0], at[1][1] - at[0][1]) == pytest.approx((5, 2.5), abs=0.05)


def test_ruler_of_the_test_sheet_is_true_to_the_millimetre() -> None:
    batch, _by = make_ceremony()
    page = pypdfium2.PdfDocument(print_test_sheet(batch, Offset(), now=NOW))[0]
    text = page.get_textpage()
    for figure in ("100", "200"):
        left, _bottom, _right, _top = text.get_charbox(text.search(figure).get_next()[0])
        *_begin, right, _top = text.get_charbox(text.search(figure).get_next()[0] + 2)
        assert (left + right) / 2 / MM == pytest.approx(int(figure), abs=0.15)


def test_test_sheet_before_anything_was_issued_and_none_without_anybody() -> None:
    batch, _by = make_ceremony("单雄信", issued=False)
    assert "单雄信" in pages(print_test_sheet(batch, Offset(), now=NOW))[0]
    batch.rows.update(state=RowState.QUARANTINED)
    with pytest.raises(Refusal):
        print_test_sheet(batch, Offset(), now=NOW)


def test_lines_take_four_queries_for_any_number(django_assert_num_queries: Any) -> None:
    batch, _by = make_ceremony("甲", "乙", "丙")
    for rows in (batch.rows.filter(seat=1), batch.rows.all()):
        from certificates.ceremony.lines import lines_of

        with django_assert_num_queries(3):
            announced(lines_of(rows, now=NOW))

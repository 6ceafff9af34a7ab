"""The ceremony by form: the whole way, what strangers get, forged fields, and what each page costs."""

from __future__ import annotations

from io import BytesIO
from typing import Any

import pypdfium2
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from certificates.ceremony.checklists import checklist_of
from certificates.models import CertificateBatch, PrintRun, PrintState, Reason
from certificates.revoking import revoke_certificate
from core.once import new_key
from people.models import Role
from tests.certificates.ceremony.making import make_ceremony, make_run, seating
from tests.certificates.making import NOW
from tests.factories import make_organisation, make_person

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _today(monkeypatch: Any) -> None:
    monkeypatch.setattr("django.utils.timezone.now", lambda: NOW)


def text(response: Any) -> str:
    return response.content.decode()


def url(batch: CertificateBatch, more: str = "") -> str:
    return f"/certificates/batches/{batch.pk}/ceremony/{more}"


def asked(**more: Any) -> dict[str, Any]:
    return {"kind": "whole", "first": "1", "last": "3", "reason": "first", "key": new_key(), **more}


def test_ceremony_is_prepared_by_form_from_seats_to_lists(
    login: Any, django_capture_on_commit_callbacks: Any
) -> None:
    batch, by = make_ceremony(seated=False)
    client = login(by)
    assert checklist_of(batch, now=NOW).next_step == "seats"
    client.post(url(batch, "seats/"), {"order": "pinyin"})
    assert [name for _seat, name in seating(batch)] == ["区志明", "单雄信", "曾小贤"]
    assert checklist_of(batch, now=NOW).next_step == "paper"
    with django_capture_on_commit_callbacks(execute=True):
        response = client.post(url(batch, "paper/"), asked())
    assert (response.status_code, response["Location"]) == (302, url(batch, "paper/"))
    run = PrintRun.objects.get()
    page = text(client.get(url(batch, "paper/")))
    assert (f"paper/{run.pk}/pdf/" in page, "首次打印" in page) == (True, True)
    file = client.get(url(batch, f"paper/{run.pk}/pdf/"))
    assert (file["Cache-Control"], file["Content-Type"]) == ("private, no-store", "application/pdf")
    assert len(pypdfium2.PdfDocument(b"".join(file.streaming_content))) == 3
    assert checklist_of(batch, now=NOW).next_step == "lists"
    for name in ("signing", "announcing"):
        sheet = client.get(url(batch, f"lists/{name}/"))
        assert (sheet.content[:4], sheet["Cache-Control"]) == (b"%PDF", "private, no-store")
    assert checklist_of(batch, now=NOW).next_step == ""
    assert "一切就绪" in text(client.get(url(batch)))


def test_double_click_on_print_makes_one_run(login: Any) -> None:
    batch, by = make_ceremony()
    form = asked()
    for _twice in range(2):
        assert login(by).post(url(batch, "paper/"), form).status_code == 302
    assert PrintRun.objects.count() == 1


def test_second_print_without_a_reason_is_told_at_the_reason(login: Any) -> None:
    batch, by = make_ceremony()
    make_run(batch, by)
    response = login(by).post(url(batch, "paper/"), asked())
    assert (response.status_code, "1–3 号座位已经打印过" in text(response)) == (422, True)
    assert login(by).post(url(batch, "paper/"), asked(reason="jam")).status_code == 302


@pytest.mark.parametrize(
    "forged",
    [
        {"kind": "gold"},
        {"first": "x"},
        {"first": "-1"},
        {"first": "9" * 30},
        {"last": ""},
        {"reason": "fun"},
        {"kind": "overprint", "right": "99"},
        {"kind": "overprint", "down": "NaN"},
        {"kind": "overprint", "down": "0.05"},
        {"key": "no key"},
        {"first": "3", "last": "1"},
    ],
)
def test_forged_fields_print_nothing(forged: dict[str, str], login: Any) -> None:
    batch, by = make_ceremony("单雄信")
    assert login(by).post(url(batch, "paper/"), asked(**forged)).status_code == 422
    assert PrintRun.objects.count() == 0


def test_offsets_are_remembered_in_the_form(login: Any) -> None:
    batch, by = make_ceremony()
    login(by).post(url(batch, "paper/"), asked(kind="overprint", right="1.2", down="-0.5"))
    run = PrintRun.objects.get()
    assert (run.offset_right, run.offset_down) == (12, -5)
    page = text(login(by).get(url(batch, "paper/")))
    assert ('value="1.2"' in page, 'value="-0.5"' in page, "→ +1.2 mm" in page) == (True, True, True)


def test_list_is_pasted_or_uploaded_and_a_wrong_line_moves_nobody(login: Any) -> None:
    batch, by = make_ceremony("甲", "乙", "丙")
    number = dict(batch.rows.values_list("person__account__name", "person__account__staff_number"))
    client, before = login(by), seating(batch)
    wrong = client.post(url(batch, "seats/list/"), {"text": f"{number['丙']}\n9999-1"})
    assert (wrong.status_code, seating(batch)) == (422, before)
    assert "本批没有工号为“9999-1”的人" in text(wrong)
    client.post(url(batch, "seats/list/"), {"text": f"{number['丙']}\n{number['甲']}"})
    assert seating(batch) == [(1, "丙"), (2, "甲"), (3, "乙")]
    file = SimpleUploadedFile(
        "座位.csv", f"工号,座位号\n{number['乙']},1\n{number['丙']},5\n".encode("gb18030")
    )
    done = client.post(url(batch, "seats/list/"), {"file": file}, follow=True)
    assert seating(batch) == [(1, "乙"), (5, "丙"), (6, "甲")]
    assert "名单上没有的 1 人排在最后" in text(done)


@pytest.mark.parametrize("both", [False, True])
def test_list_is_either_pasted_or_uploaded(both: bool, login: Any) -> None:
    batch, by = make_ceremony("甲")
    said = {"text": "2026-1", "file": SimpleUploadedFile("x.csv", b"1")} if both else {"text": " "}
    assert login(by).post(url(batch, "seats/list/"), said).status_code == 422


def test_upload_that_is_no_table_is_said(login: Any) -> None:
    batch, by = make_ceremony("甲")
    broken = SimpleUploadedFile("x.xlsx", b"PK\x03\x04" + b"\0" * 90)
    response = login(by).post(url(batch, "seats/list/"), {"file": broken})
    assert (response.status_code, 'role="alert"' in text(response)) == (422, True)


def test_one_person_is_moved_without_script(login: Any) -> None:
    batch, by = make_ceremony("甲", "乙", "丙")
    row, client = batch.rows.get(seat=3), login(by)
    response = client.post(url(batch, f"seats/{row.pk}/move/"), {"up": "1", "page": "1"})
    assert response["Location"] == url(batch, f"seats/?page=1#row-{row.pk}")
    client.post(url(batch, f"seats/{row.pk}/move/"), {"seat": "1", "page": "<x>"})
    assert seating(batch) == [(1, "丙"), (2, "甲"), (3, "乙")]
    client.post(url(batch, f"seats/{row.pk}/move/"), {"seat": "neun"})
    assert seating(batch)[0] == (1, "丙")


def test_reading_is_put_right_by_form(login: Any) -> None:
    batch, by = make_ceremony("任我行")
    row, client = batch.rows.get(), login(by)
    assert "“行”读 xíng，还是 háng？" in text(client.get(url(batch, "names/?ask=1")))
    wrong = client.post(url(batch, f"names/{row.pk}/"), {"reading": "ren wo"})
    assert (wrong.status_code, "姓名有 3 个字" in text(wrong)) == (422, True)
    client.post(url(batch, f"names/{row.pk}/"), {"reading": "ren2 wo3 hang2"})
    page = text(client.get(url(batch, "names/")))
    assert ("háng" in page, "已核实" in page) == (True, True)
    assert "没有须核实的姓名" in text(client.get(url(batch, "names/?ask=1")))


def test_lists_are_printed_for_seats_or_an_organisation(login: Any) -> None:
    batch, by = make_ceremony()
    client = login(by)
    sheet = client.get(url(batch, "lists/signing/"), {"first": "2", "last": "2"})
    said = pypdfium2.PdfDocument(sheet.content)[0].get_textpage().get_text_range()
    assert ("单雄信" in said, "曾小贤" in said) == (False, True)
    assert client.get(url(batch, "lists/signing/"), {"first": "7"}).status_code == 422
    assert client.get(url(batch, "lists/signing/"), {"organisation": "0"}).status_code == 422


def test_seats_changed_after_a_list_was_printed_make_it_old(login: Any, monkeypatch: Any) -> None:
    from datetime import timedelta

    batch, by = make_ceremony()
    client = login(by)
    monkeypatch.setattr("django.utils.timezone.now", lambda: NOW + timedelta(minutes=1))
    for name in ("signing", "announcing"):
        client.get(url(batch, f"lists/{name}/"))
    assert checklist_of(batch, now=NOW).lists_printed
    monkeypatch.setattr("django.utils.timezone.now", lambda: NOW + timedelta(minutes=2))
    client.post(url(batch, "seats/"), {"order": "pinyin"})
    assert "名单打印之后座位有变动" in text(client.get(url(batch)))


def test_checklist_counts_only_what_is_in_force() -> None:
    batch, by = make_ceremony()
    make_run(batch, by, first=1, last=2)
    first = batch.rows.get(seat=3).certificate
    revoke_certificate(certificate=first, reason=Reason.MISCONDUCT, note="", by=by, now=NOW)
    found = checklist_of(batch, now=NOW)
    assert (found.issued, found.in_force, found.printed, found.all_printed) == (3, 2, 2, True)


PLACES = (
    "",
    "seats/",
    "seats/list/",
    "paper/",
    "paper/test/",
    "lists/",
    "lists/signing/",
    "lists/announcing/",
    "names/",
)


def test_strangers_find_nothing(login: Any) -> None:
    batch, by = make_ceremony("单雄信")
    run, row = make_run(batch, by, last=1), batch.rows.get()
    elsewhere = make_person(organisation=make_organisation("OTHER"), roles=(Role.ISSUER, Role.ADMINISTRATOR))
    more = (f"paper/{run.pk}/pdf/", f"names/{row.pk}/")
    for who in (make_person(), row.person, elsewhere):
        client = login(who)
        assert {client.get(url(batch, place)).status_code for place in (*PLACES, *more)} == {404}
        assert client.post(url(batch, f"seats/{row.pk}/move/"), {"up": "1"}).status_code == 404
        assert client.post(url(batch, "paper/"), asked()).status_code == 404
    assert Client().get(url(batch, "seats/"))["Location"].startswith("/accounts/login/")


def test_ids_of_another_batch_are_not_found(login: Any) -> None:
    batch, by = make_ceremony("单雄信")
    run, row = make_run(batch, by, last=1), batch.rows.get()
    other = CertificateBatch.objects.create(
        scheme_version=batch.scheme_version,
        issuer=batch.issuer,
        organisation=batch.organisation,
        title="二",
        proposed_by=by,
        proposed_at=NOW,
    )
    client = login(by)
    assert client.get(url(other, f"paper/{run.pk}/pdf/")).status_code == 404
    assert client.get(url(other, f"names/{row.pk}/")).status_code == 404
    assert client.post(url(other, f"seats/{row.pk}/move/"), {"up": "1"}).status_code == 404


def test_cleared_file_is_gone_and_its_line_stays(login: Any) -> None:
    batch, by = make_ceremony("单雄信")
    run = make_run(batch, by, last=1)
    PrintRun.objects.filter(pk=run.pk).update(path="")
    assert login(by).get(url(batch, f"paper/{run.pk}/pdf/")).status_code == 404
    assert "文件已清理" in text(login(by).get(url(batch, "paper/")))


def test_waiting_run_loads_the_page_again(login: Any) -> None:
    batch, by = make_ceremony("单雄信")
    run = make_run(batch, by, last=1)
    PrintRun.objects.filter(pk=run.pk).update(state=PrintState.WAITING)
    assert 'http-equiv="refresh"' in text(login(by).get(url(batch, "paper/")))


def test_returned_or_empty_batch_has_pages_too(login: Any) -> None:
    batch, by = make_ceremony("单雄信", issued=False, seated=False)
    CertificateBatch.objects.filter(pk=batch.pk).update(status="returned")
    client = login(by)
    assert "本批已退回" in text(client.get(url(batch)))
    batch.rows.all().delete()
    answers = {place: client.get(url(batch, place)).status_code for place in PLACES}
    expected = {"paper/test/": 302, "lists/signing/": 422, "lists/announcing/": 422}
    assert answers == {place: expected.get(place, 200) for place in PLACES}


def test_test_sheet_takes_what_stands_in_the_form(login: Any) -> None:
    batch, by = make_ceremony("单雄信")
    sheet = login(by).get(url(batch, "paper/test/"), {"right": "3.5", "down": "x"})
    plain = login(by).get(url(batch, "paper/test/"), {"right": "3.5", "down": "-1"})
    said = [
        pypdfium2.PdfDocument(BytesIO(each.content))[0].get_textpage().get_text_range()
        for each in (sheet, plain)
    ]
    assert ("右移 +0.0 毫米" in said[0], "右移 +3.5 毫米，下移 -1.0 毫米" in said[1]) == (True, True)


@pytest.mark.parametrize(
    ("place", "queries"),
    [("", 10), ("seats/", 11), ("paper/", 16), ("lists/", 13), ("names/", 11)],
)
def test_pages_cost_the_same_for_one_and_three(
    place: str, queries: int, login: Any, django_assert_num_queries: Any
) -> None:
    batch, by = make_ceremony()
    make_run(batch, by)
    client = login(by)
    for rows in (3, 1):
        with django_assert_num_queries(queries):
            assert client.get(url(batch, place)).status_code == 200
        batch.rows.filter(seat__gt=1).update(state="quarantined", certificate=None, seat=None)
        assert rows

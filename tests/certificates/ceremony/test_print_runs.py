"""Print runs: once however often asked for, in seat order, without whom they must not show, and taken up again."""

from __future__ import annotations

import re
from datetime import timedelta
from io import BytesIO
from typing import Any

import pypdfium2
import pytest
from pypdf import PdfReader

from certificates import tasks
from certificates.ceremony import print_runs
from certificates.ceremony.asking import MOST_SEATS, Paper, ask_print, last_offset, times_printed
from certificates.ceremony.print_runs import LEASE, MAX_ATTEMPTS, clear_files, put_together, runs_left_behind
from certificates.ceremony.seats import Listed, arrange_seats
from certificates.erasing import erase_holder
from certificates.models import (
    CertificateBatch,
    CertificateDocument,
    LeftOut,
    PrintKind,
    PrintReason,
    PrintRun,
    PrintState,
    Reason,
)
from certificates.press import Offset
from certificates.revoking import revoke_certificate
from core.errors import NotAllowed, Refusal
from core.models import AuditEntry
from core.once import new_key
from core.private_files import read, storage
from people.models import Role
from tests.certificates.ceremony.making import make_ceremony, make_run
from tests.certificates.making import NOW
from tests.factories import make_organisation, make_person

pytestmark = pytest.mark.django_db


def whole(first: int = 1, last: int = 3, **more: Any) -> Paper:
    return Paper(PrintKind.WHOLE, first, last, **more)


def serials(run: PrintRun) -> list[str]:
    """The numbers printed on the pages, in their order."""
    run.refresh_from_db()
    pages = [page.get_textpage().get_text_range() for page in pypdfium2.PdfDocument(read(run.path))]
    return [found[0] if (found := re.search(r"SQ-[\w-]*\w", page)) else "" for page in pages]


def by_seat(batch: CertificateBatch) -> list[str]:
    return list(batch.rows.order_by("seat").values_list("certificate__serial", flat=True))


def left_out(run: PrintRun) -> list[tuple[int, str]]:
    return list(run.sheets.exclude(left_out="").order_by("seat").values_list("seat", "left_out"))


def test_pages_come_in_seat_order_from_the_stored_files() -> None:
    batch, by = make_ceremony()
    numbers = batch.rows.order_by("-seat").values_list("person__account__staff_number", flat=True)
    arrange_seats(batch=batch, order=[Listed(number) for number in numbers], by=by, now=NOW)
    run = make_run(batch, by)
    assert (run.state, run.done, run.finished_at) == (PrintState.READY, 3, NOW)
    assert serials(run) == by_seat(batch) == sorted(by_seat(batch), reverse=True)
    marks: list[Any] = list(PdfReader(BytesIO(read(run.path))).outline)
    assert [mark.title for mark in marks] == ["1　区志明", "2　曾小贤", "3　单雄信"]


def test_part_of_the_seats_is_part_of_the_pages() -> None:
    batch, by = make_ceremony()
    assert serials(make_run(batch, by, first=2, last=9)) == by_seat(batch)[1:]


def test_same_key_is_one_run_and_one_line_in_the_trail() -> None:
    batch, by = make_ceremony()
    key = new_key()
    first, again = (ask_print(batch=batch, paper=whole(), key=key, by=by, now=NOW) for _twice in range(2))
    assert (first, PrintRun.objects.count()) == (again, 1)
    assert AuditEntry.objects.filter(action="ceremony.print_asked").count() == 1


def test_second_print_of_a_seat_needs_a_reason_from_the_asking_on() -> None:
    batch, by = make_ceremony()
    ask_print(batch=batch, paper=whole(2, 2), key=new_key(), by=by, now=NOW)
    with pytest.raises(Refusal, match="2 号座位已经打印过") as caught:
        ask_print(batch=batch, paper=whole(), key=new_key(), by=by, now=NOW)
    assert caught.value.code == "reason"
    ask_print(batch=batch, paper=whole(reason=PrintReason.JAM), key=new_key(), by=by, now=NOW)
    assert PrintRun.objects.count() == 2


def test_a_seat_that_changed_hands_counts_with_the_person() -> None:
    batch, by = make_ceremony()
    make_run(batch, by, first=1, last=1)
    numbers = batch.rows.order_by("-seat").values_list("person__account__staff_number", flat=True)
    arrange_seats(batch=batch, order=[Listed(number) for number in numbers], by=by, now=NOW)
    make_run(batch, by, first=1, last=2)  # two others sit there now
    with pytest.raises(Refusal):
        make_run(batch, by, first=3, last=3)


def test_failed_run_leaves_the_first_print_free() -> None:
    batch, by = make_ceremony()
    run = ask_print(batch=batch, paper=whole(), key=new_key(), by=by, now=NOW)
    PrintRun.objects.filter(pk=run.pk).update(state=PrintState.FAILED)
    assert make_run(batch, by).state == PrintState.READY


def test_times_printed_counts_paper_and_not_what_was_left_out() -> None:
    batch, by = make_ceremony()
    make_run(batch, by)
    make_run(batch, by, first=1, last=1, reason=PrintReason.LOST)
    keys = list(batch.rows.order_by("seat").values_list("certificate", flat=True))
    assert times_printed(keys) == {keys[0]: 2, keys[1]: 1, keys[2]: 1}


@pytest.mark.parametrize(
    "paper",
    [
        whole(3, 1),
        whole(0, 2),
        whole(1, MOST_SEATS + 1),
        whole(50, 60),
        Paper(PrintKind.OVERPRINT, 1, 3, offset=Offset(201, 0)),
        Paper(PrintKind.OVERPRINT, 1, 3, offset=Offset(0, -201)),
    ],
)
def test_impossible_paper_is_refused(paper: Paper) -> None:
    batch, by = make_ceremony()
    with pytest.raises(Refusal):
        ask_print(batch=batch, paper=paper, key=new_key(), by=by, now=NOW)
    assert PrintRun.objects.count() == 0


def test_nothing_is_printed_before_it_is_issued() -> None:
    batch, by = make_ceremony(issued=False)
    with pytest.raises(Refusal):
        ask_print(batch=batch, paper=whole(), key=new_key(), by=by, now=NOW)


def test_only_those_who_issue_there_print() -> None:
    batch, _by = make_ceremony()
    elsewhere = make_person(organisation=make_organisation("OTHER"), roles=(Role.ISSUER,))
    for stranger in (make_person(), elsewhere):
        with pytest.raises(NotAllowed):
            ask_print(batch=batch, paper=whole(), key=new_key(), by=stranger, now=NOW)


def certificate_at(batch: CertificateBatch, seat: int) -> Any:
    return batch.rows.get(seat=seat).certificate


def test_who_was_revoked_or_erased_meanwhile_is_left_out_and_said() -> None:
    batch, by = make_ceremony()
    run = ask_print(batch=batch, paper=whole(), key=new_key(), by=by, now=NOW)
    revoke_certificate(
        certificate=certificate_at(batch, 1), reason=Reason.ISSUED_IN_ERROR, note="", by=by, now=NOW
    )
    erase_holder(person=certificate_at(batch, 2).person, by=None, now=NOW)
    put_together(run=run, clock=lambda: NOW)
    assert serials(run) == by_seat(batch)[2:]
    assert left_out(run) == [(1, LeftOut.NOT_VALID), (2, LeftOut.ERASED)]


@pytest.mark.parametrize("harm", ["gone", "changed"])
def test_file_that_is_not_what_was_handed_out_is_left_out(harm: str) -> None:
    batch, by = make_ceremony()
    path = certificate_at(batch, 2).document.path
    content = read(path)
    storage().delete(path)
    if harm == "changed":
        storage().save(path, BytesIO(content + b" "))
    run = make_run(batch, by)
    assert (len(serials(run)), left_out(run)) == (2, [(2, LeftOut.DAMAGED)])
    storage().delete(path)
    storage().save(path, BytesIO(content))


def test_erasing_takes_the_files_with_the_holder_along(django_capture_on_commit_callbacks: Any) -> None:
    batch, by = make_ceremony()
    run = make_run(batch, by)
    path = PrintRun.objects.get(pk=run.pk).path
    with django_capture_on_commit_callbacks(execute=True):
        erase_holder(person=certificate_at(batch, 2).person, by=None, now=NOW)
    run.refresh_from_db()
    assert (run.path, run.state, storage().exists(path)) == ("", PrintState.READY, False)


def test_holder_erased_while_the_file_is_written_is_not_in_it(monkeypatch: Any) -> None:
    batch, by = make_ceremony()
    run = ask_print(batch=batch, paper=whole(), key=new_key(), by=by, now=NOW)
    written = print_runs._write

    def write_and_erase(*args: Any) -> None:
        written(*args)
        erase_holder(person=certificate_at(batch, 2).person, by=None, now=NOW)

    monkeypatch.setattr(print_runs, "_write", write_and_erase)
    put_together(run=run, clock=lambda: NOW)
    run.refresh_from_db()
    assert (run.state, run.path, run.leased_until) == (PrintState.WAITING, "", None)
    monkeypatch.setattr(print_runs, "_write", written)
    put_together(run=run, clock=lambda: NOW)
    assert len(serials(run)) == 2


def test_killed_workers_run_is_taken_up_again_after_its_lease(monkeypatch: Any) -> None:
    batch, by = make_ceremony()
    run = ask_print(batch=batch, paper=whole(), key=new_key(), by=by, now=NOW)

    def killed(*_args: Any) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(print_runs, "_write", killed)
        with pytest.raises(KeyboardInterrupt):
            put_together(run=run, clock=lambda: NOW)
    assert runs_left_behind(now=NOW + LEASE - timedelta(seconds=1)) == []
    assert put_together(run=run, clock=lambda: NOW).state == PrintState.WAITING  # somebody may be at it
    assert runs_left_behind(now=NOW + LEASE) == [run.pk]
    assert put_together(run=run, clock=lambda: NOW + LEASE).state == PrintState.READY
    assert serials(run) == by_seat(batch)


def test_run_that_kills_its_worker_every_time_ends(monkeypatch: Any) -> None:
    batch, by = make_ceremony()
    run = ask_print(batch=batch, paper=whole(), key=new_key(), by=by, now=NOW)
    for attempt in range(MAX_ATTEMPTS):
        assert print_runs._claim(run, now=NOW + attempt * LEASE)
    later = NOW + MAX_ATTEMPTS * LEASE
    assert runs_left_behind(now=later) == []
    run.refresh_from_db()
    assert (run.state, run.finished_at) == (PrintState.FAILED, later)


def test_broken_page_is_tried_three_times_and_then_said(monkeypatch: Any) -> None:
    batch, by = make_ceremony()
    run = ask_print(batch=batch, paper=whole(), key=new_key(), by=by, now=NOW)
    monkeypatch.setattr(print_runs, "paper_of", lambda *_args: b"no pdf")
    for _attempt in range(MAX_ATTEMPTS):
        run = put_together(run=run, clock=lambda: NOW)
    assert (run.state, run.failure, run.path) == (PrintState.FAILED, "PdfStreamError", "")


def test_finished_run_is_left_alone() -> None:
    batch, by = make_ceremony()
    run = make_run(batch, by)
    before = storage().get_modified_time(PrintRun.objects.get(pk=run.pk).path)
    assert put_together(run=run, clock=lambda: NOW).state == PrintState.READY
    assert storage().get_modified_time(PrintRun.objects.get(pk=run.pk).path) == before


def test_asked_run_is_sent_to_the_worker_and_swept(
    django_capture_on_commit_callbacks: Any, monkeypatch: Any
) -> None:
    monkeypatch.setattr("django.utils.timezone.now", lambda: NOW)
    batch, by = make_ceremony()
    with django_capture_on_commit_callbacks(execute=True):
        run = ask_print(batch=batch, paper=whole(), key=new_key(), by=by, now=NOW)
    run.refresh_from_db()
    assert run.state == PrintState.READY  # tests run tasks at once
    lost = ask_print(batch=batch, paper=whole(reason=PrintReason.JAM), key=new_key(), by=by, now=NOW)
    assert tasks.resume_print_runs() == 1
    lost.refresh_from_db()
    assert lost.state == PrintState.READY


def test_files_go_after_a_week_and_the_log_stays() -> None:
    batch, by = make_ceremony()
    run = PrintRun.objects.get(pk=make_run(batch, by).pk)
    assert clear_files(now=NOW + timedelta(days=7)) == 0
    assert clear_files(now=NOW + timedelta(days=7, seconds=1)) == 1
    assert storage().exists(run.path) is False
    run.refresh_from_db()
    assert (run.path, run.state, run.sheets.count()) == ("", PrintState.READY, 3)


def test_offsets_of_the_last_run_on_blanks_are_offered_again() -> None:
    batch, by = make_ceremony()
    assert last_offset(batch) == Offset()
    make_run(batch, by, kind=PrintKind.OVERPRINT, offset=Offset(12, -7))
    make_run(batch, by, reason=PrintReason.JAM)
    assert last_offset(batch) == Offset(12, -7)
    sister = CertificateBatch.objects.create(
        scheme_version=batch.scheme_version,
        issuer=batch.issuer,
        organisation=batch.organisation,
        title="二",
        proposed_by=by,
        proposed_at=NOW,
        theme=batch.theme,
    )
    assert last_offset(sister) == Offset(12, -7)
    sister.theme = "card"
    assert last_offset(sister) == Offset()


def test_offsets_move_the_texts_by_millimetres() -> None:
    batch, by = make_ceremony()
    at = [
        name_box(make_run(batch, by, kind=PrintKind.OVERPRINT, reason=reason, offset=offset), "单雄信")
        for reason, offset in _moves()
    ]
    moved = [(right - at[0][0], at[0][1] - up) for right, up in at]
    assert moved == [pytest.approx(expected, abs=0.05) for expected in [(0, 0), (3.2, 0), (-1.5, 20)]]


def test_on_blanks_only_what_differs_is_printed() -> None:
    batch, by = make_ceremony()
    run = make_run(batch, by, kind=PrintKind.OVERPRINT)
    run.refresh_from_db()
    text = pypdfium2.PdfDocument(read(run.path))[0].get_textpage().get_text_range()
    assert ("单雄信" in text, by_seat(batch)[0] in text, "能力认定" in text) == (True, True, False)
    assert CertificateDocument.objects.count() == 3  # nothing else was stored


def _moves() -> list[tuple[PrintReason, Offset]]:
    return [
        (PrintReason.FIRST, Offset()),
        (PrintReason.SPOILT, Offset(32, 0)),
        (PrintReason.SPOILT, Offset(-15, 200)),
    ]


def name_box(run: PrintRun, name: str) -> tuple[float, float]:
    """Left and bottom of the first character of a name on the first page, in millimetres."""
    run.refresh_from_db()
    page = pypdfium2.PdfDocument(read(run.path))[0].get_textpage()
    index = page.search(name).get_next()[0]
    left, bottom, _right, _top = page.get_charbox(index)
    return left * 25.4 / 72, bottom * 25.4 / 72

"""faults.md row 24: whoever sends more than a form asks for changes nothing by it."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

import pytest
from django.urls import reverse

from library.models import ListEntry
from people.grants import open_grant
from people.models import Person
from simulations import tasks
from simulations.drafts import store_draft
from simulations.models import (
    DraftEdition,
    HomeworkStatus,
    ListHomework,
    MarginNote,
    Playthrough,
    RunRegrade,
    RunRegradeStatus,
    ScenarioDraft,
)
from simulations.reviewing.homework import Words, submit_homework
from simulations.reviewing.notes import write_note
from tests.assessments.making import open_admin
from tests.factories import make_person
from tests.simulations.making_forms import fields_of
from tests.simulations.proofs import vouch
from tests.simulations.regrades import (
    REASON,
    SMALL,
    make_author,
    make_proposed,
    make_run,
    release,
    swapped,
)

pytestmark = pytest.mark.django_db
STRANGER = str(UUID(int=7))
MORE: dict[str, str] = {
    "id": STRANGER, "pk": "99", "status": "accepted", "number": "99", "content_hash": "f" * 64, "edition": "99",
    "stored_by": "1", "decided_by": "1", "decided_by_id": "1", "proposed_by": "1", "author": "1", "author_id": "1",
    "person": "1", "person_id": "1", "playthrough": STRANGER, "played": "99", "version": "99", "entry": "99",
    "written_at": "2001-01-01", "decided_at": "2001-01-01", "released_at": "2001-01-01", "tried_effects": "{}",
    "passed": "1", "total": "100",
}  # fmt: skip
"""Names of columns and of things a form of these pages never asks for."""


@pytest.fixture(autouse=True)
def no_worker(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tasks.advance_run_regrade, "delay", lambda regrade_id: None)


@pytest.fixture
def author(db: Any) -> Person:
    open_admin()
    return make_author()


@pytest.fixture
def played(now: datetime) -> Playthrough:
    """A run of SMALL to its end."""
    vouch(SMALL, now)
    release(SMALL, now)
    return make_run("aa", now)


@pytest.fixture
def mentor(played: Playthrough, now: datetime) -> Person:
    found = make_person("周书记")
    open_grant(viewer=found, subject=played.person, kind="pairing", reason="QL-2026-001", now=now)
    return found


@pytest.fixture
def piece(played: Playthrough, now: datetime) -> ListHomework:
    return submit_homework(
        run=played, words=Words("practice", "先听", "第一次上门，只听十分钟。"), by=played.person, now=now
    )


def test_form_of_a_situation(author: Person, login: Any, now: datetime) -> None:
    draft = store_draft(document=SMALL, by=None, now=now)
    client, url = login(author), reverse("scenarios:node", args=[draft.pk, "N1"])
    fields = fields_of(client.get(url))
    kept = ScenarioDraft.objects.values().get()
    client.post(url, fields | MORE)
    assert (ScenarioDraft.objects.values().get(), DraftEdition.objects.count()) == (kept, 1)
    client.post(url, fields | MORE | {"title": "新标题"})
    draft.refresh_from_db()
    edition = DraftEdition.objects.get(number=2)
    assert (draft.pk, draft.key, draft.edition, draft.content_hash) != (99, STRANGER, 99, "f" * 64)
    assert (draft.key, draft.edition, draft.document) == (
        "SMALL",
        2,
        kept["document"].replace('"起点"', '"新标题"'),
    )
    assert edition.document == draft.document


def test_beginning_a_regrade(author: Person, played: Playthrough, login: Any, now: datetime) -> None:
    vouch(swapped(), now)
    corrected = release(swapped(), now)
    url = reverse("scenarios:regrade_begin", args=[played.version_id])
    login(author).post(url, MORE | {"corrected": corrected.pk, "reason": REASON})
    regrade = RunRegrade.objects.get()
    assert (regrade.played_id, regrade.proposed_by, regrade.decided_by, regrade.status) == (
        played.version_id,
        author,
        None,
        RunRegradeStatus.TRYING,
    )
    assert str(regrade.pk) != STRANGER


@pytest.mark.parametrize(
    ("said", "status", "note"),
    [
        ({"action": "approve"}, RunRegradeStatus.RUNNING, ""),
        ({"action": "refuse", "note": "第二步也要改"}, RunRegradeStatus.REFUSED, "第二步也要改"),
    ],
)
def test_deciding_a_regrade(
    said: dict[str, str],
    status: str,
    note: str,
    author: Person,
    played: Playthrough,
    login: Any,
    now: datetime,
) -> None:
    vouch(swapped(), now)
    regrade = make_proposed(played.version, release(swapped(), now), now=now)
    kept = RunRegrade.objects.values("pk", "played_id", "corrected_id", "proposed_by_id", "tried_on").get()
    url = reverse("scenarios:regrade", args=[regrade.pk])
    login(author).post(url, MORE | {"tried_on": regrade.tried_on} | said)
    regrade.refresh_from_db()
    assert (regrade.status, regrade.note, regrade.decided_by) == (status, note, author)
    assert RunRegrade.objects.values(*kept).get() == kept


def test_taking_homework_in(author: Person, piece: ListHomework, login: Any) -> None:
    url = reverse("scenarios:homework_piece", args=[piece.pk])
    typed = {"key": "listen-first", "kind": "practice", "title": "先听", "text": "只听。", "accept": "1"}
    login(author).post(url, MORE | typed | {"step": "9", "withdrawn_on": "2001-01-01"})
    kept = (piece.person_id, piece.playthrough_id, piece.written_at, piece.step)
    piece.refresh_from_db()
    entry = ListEntry.objects.get(key="listen-first")
    assert (piece.person_id, piece.playthrough_id, piece.written_at, piece.step) == kept
    assert (piece.status, piece.decided_by, piece.entry) == (HomeworkStatus.ACCEPTED, author, entry)
    assert entry.withdrawn_on is None


def test_sending_homework_back(author: Person, piece: ListHomework, login: Any) -> None:
    url = reverse("scenarios:homework_piece", args=[piece.pk])
    login(author).post(url, MORE | {"return": "1", "advice": "什么时候用？", "title": "换", "text": "换"})
    piece.refresh_from_db()
    assert (piece.status, piece.decided_by, piece.entry) == (HomeworkStatus.RETURNED, author, None)
    assert (piece.title, piece.text) == ("先听", "第一次上门，只听十分钟。")


def test_writing_and_changing_a_note(mentor: Person, played: Playthrough, login: Any, now: datetime) -> None:
    client = login(mentor)
    client.post(reverse("simulations:note_new", args=[played.pk]), MORE | {"step": "1", "text": "听了多久？"})
    note = MarginNote.objects.get()
    assert (note.author, note.playthrough, note.step, note.changed_at) == (mentor, played, 1, None)
    assert str(note.pk) != STRANGER
    client.post(
        reverse("simulations:note_change", args=[note.pk]), MORE | {"step": "2", "text": "听了几分钟？"}
    )
    changed = MarginNote.objects.get()
    assert (changed.pk, changed.author, changed.playthrough, changed.step, changed.written_at) == (
        note.pk,
        mentor,
        played,
        1,
        note.written_at,
    )
    assert changed.text == "听了几分钟？"


def test_handing_homework_in(played: Playthrough, login: Any) -> None:
    url = reverse("simulations:homework_new", args=[played.pk])
    typed = {"kind": "practice", "title": "先听", "text": "第一次上门，只听十分钟。", "step": "1"}
    login(played.person).post(url, MORE | typed)
    piece = ListHomework.objects.get()
    assert (piece.person, piece.playthrough, piece.status, piece.decided_by, piece.entry) == (
        played.person,
        played,
        HomeworkStatus.SUBMITTED,
        None,
        None,
    )


def test_note_somebody_else_wrote_is_not_found(
    mentor: Person, played: Playthrough, login: Any, now: datetime
) -> None:
    note = write_note(run=played, step=0, text="听了多久？", by=mentor, now=now)
    url = reverse("simulations:note_change", args=[note.pk])
    assert login(played.person).post(url, MORE | {"text": "换"}).status_code == 404

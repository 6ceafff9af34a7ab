"""Notes in the margin: from whoever has the person in scope, read in the debrief, the words nowhere else."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.urls import reverse

from core.errors import NotAllowed, Refusal
from core.models import AuditEntry
from people.grants import end_grants, open_grant
from people.models import Notice, Person
from simulations.models import MarginNote, Playthrough
from simulations.reviewing.notes import change_note, write_note
from tests.factories import make_person
from tests.simulations.conftest import WORST, play_path

pytestmark = pytest.mark.django_db
WORDS = "第三步先听了多久？"


@pytest.fixture
def finished(run: Playthrough, now: datetime) -> Playthrough:
    return play_path(run, WORST, now)


@pytest.fixture
def mentor(finished: Playthrough, now: datetime) -> Person:
    found = make_person("周书记")
    open_grant(viewer=found, subject=finished.person, kind="pairing", reason="QL-2026-001", now=now)
    return found


def test_note_is_kept_once_told_to_the_owner_and_audited_without_words(
    finished: Playthrough, mentor: Person, now: datetime
) -> None:
    note = write_note(run=finished, step=3, text=f" {WORDS} ", by=mentor, now=now)
    assert write_note(run=finished, step=3, text=WORDS, by=mentor, now=now) == note
    (notice,) = Notice.objects.filter(recipient=finished.person, source_key__startswith="margin-note")
    assert notice.url == f"{reverse('simulations:debrief', args=[finished.pk])}#notes"
    (entry,) = AuditEntry.objects.filter(action="note.written")
    assert (entry.detail, WORDS in notice.title + notice.body) == ({"note": str(note.pk), "step": 3}, False)


def test_own_runs_strangers_and_open_runs_have_no_margin(
    run: Playthrough, mentor: Person, now: datetime
) -> None:
    run.refresh_from_db()
    for who in (run.person, make_person()):
        with pytest.raises(NotAllowed):
            write_note(run=run, step=0, text=WORDS, by=who, now=now)


@pytest.mark.parametrize(("step", "text"), [(7, WORDS), (-1, WORDS), (0, " "), (0, "长" * 1_001)])
def test_note_that_will_not_do_is_refused(
    step: int, text: str, finished: Playthrough, mentor: Person, now: datetime
) -> None:
    with pytest.raises(Refusal):
        write_note(run=finished, step=step, text=text, by=mentor, now=now)
    assert not MarginNote.objects.exists()


def test_only_its_writer_changes_a_note_and_only_while_in_scope(
    finished: Playthrough, mentor: Person, now: datetime
) -> None:
    note = write_note(run=finished, step=0, text=WORDS, by=mentor, now=now)
    changed = change_note(note=note, text="换一句", by=mentor, now=now + timedelta(hours=1))
    assert (changed.text, changed.changed_at) == ("换一句", now + timedelta(hours=1))
    other = make_person()
    open_grant(viewer=other, subject=finished.person, kind="pairing", reason="QL-2026-002", now=now)
    with pytest.raises(NotAllowed):
        change_note(note=note, text="改别人的", by=other, now=now)
    end_grants(kind="pairing", reason="QL-2026-001", now=now + timedelta(hours=2))
    with pytest.raises(NotAllowed):
        change_note(note=note, text="太晚", by=mentor, now=now + timedelta(hours=3))


def test_pages_write_show_and_change_a_note(
    finished: Playthrough, mentor: Person, login: Any, now: datetime
) -> None:
    client, debrief = login(mentor), reverse("simulations:debrief", args=[finished.pk])
    assert "写旁批" in client.get(debrief).content.decode()
    sent = client.post(reverse("simulations:note_new", args=[finished.pk]), {"step": 3, "text": WORDS})
    assert (sent.status_code, sent["Location"]) == (302, f"{debrief}#notes")
    note = MarginNote.objects.get()
    page = login(finished.person).get(debrief).content.decode()
    assert (WORDS in page, "周书记" in page, "写旁批" in page) == (True, True, False)
    url = reverse("simulations:note_change", args=[note.pk])
    assert client.post(url, {"text": "换一句"}).status_code == 302
    note.refresh_from_db()
    assert (note.text, note.step) == ("换一句", 3)
    refused = client.post(reverse("simulations:note_new", args=[finished.pk]), {"step": 99, "text": "x"})
    assert refused.status_code == 422


def test_strangers_owners_and_former_mentors_find_no_margin(
    finished: Playthrough, mentor: Person, login: Any, now: datetime
) -> None:
    note = write_note(run=finished, step=0, text=WORDS, by=mentor, now=now)
    new = reverse("simulations:note_new", args=[finished.pk])
    change = reverse("simulations:note_change", args=[note.pk])
    for who in (make_person(), finished.person):
        assert login(who).post(new, {"step": 0, "text": "x"}).status_code == 404
        assert login(who).get(change).status_code == 404
    end_grants(kind="pairing", reason="QL-2026-001", now=now)
    assert login(mentor).get(change).status_code == 404
    assert login(mentor).post(new, {"step": 0, "text": "x"}).status_code == 404

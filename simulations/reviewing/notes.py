"""Notes in the margin of somebody's run, written by whoever accompanies them; read in the debrief by its owner."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from core import audit
from core.errors import NotAllowed, Refusal
from people.models import Person
from people.notices import send_notice
from people.scope import can_see
from simulations.models import MarginNote, Playthrough

MOST_CHARACTERS = 1_000


def can_annotate(viewer: Person, run: Playthrough, *, at: datetime) -> bool:
    """Whether this person may write into the margin: it is finished, in their scope, and not their own."""
    return run.is_finished and run.person_id != viewer.pk and can_see(viewer, run.person, at=at)


def check_annotate(viewer: Person, run: Playthrough, *, at: datetime) -> None:
    """Raises NotAllowed unless `can_annotate`."""
    if not can_annotate(viewer, run, at=at):
        raise NotAllowed(_("You cannot write into the margin of this run."))


def write_note(*, run: Playthrough, step: int, text: str, by: Person, now: datetime) -> MarginNote:
    """Write a note at a step (0: the run as a whole); the same words sent again are the same note.

    The owner is told that there is one, not what it says. Raises NotAllowed, and Refusal for a step the run does not
    have (code "step") and for no words or too many ("text").
    """
    check_annotate(by, run, at=now)
    text = _kept(text)
    if not 0 <= step <= run.steps.count():
        raise Refusal(_("This run has no such step."), code="step")
    with transaction.atomic():
        Playthrough.objects.select_for_update(of=("self",)).get(pk=run.pk)
        written = MarginNote.objects.filter(playthrough=run, author=by, step=step, text=text).first()
        if written:
            return written
        note = MarginNote.objects.create(playthrough=run, author=by, step=step, text=text, written_at=now)
        _audit("note.written", note, by=by, now=now)
        _tell_owner(note, run, now=now)
    return note


def change_note(*, note: MarginNote, text: str, by: Person, now: datetime) -> MarginNote:
    """Say it differently: only who wrote it, while the run is in their scope. Raises as `write_note` does."""
    check_annotate(by, note.playthrough, at=now)
    if note.author_id != by.pk:
        raise NotAllowed(_("Only who wrote a note can change it."))
    text = _kept(text)
    with transaction.atomic():
        note = MarginNote.objects.select_for_update(of=("self",)).get(pk=note.pk)
        if note.text == text:
            return note
        note.text, note.changed_at = text, max(now, note.written_at)
        note.save(update_fields=["text", "changed_at"])
        _audit("note.changed", note, by=by, now=now)
    return note


def notes_of(run: Playthrough) -> QuerySet[MarginNote]:
    """Everything in the margin of a run, by step, the oldest first. One lazy query.

    Who may open the debrief may read it: the owner, and whoever has them in scope.
    """
    return MarginNote.objects.filter(playthrough=run).order_by("step", "written_at")


def _kept(text: str) -> str:
    text = text.replace("\x00", "").strip()
    if not 1 <= len(text) <= MOST_CHARACTERS:
        raise Refusal(_("Write between 1 and 1000 characters."), code="text")
    return text


def _audit(action: str, note: MarginNote, *, by: Person, now: datetime) -> None:
    target = f"simulations.playthrough:{note.playthrough_id}"
    audit.record(action=action, target=target, by=by, now=now, note=str(note.pk), step=note.step)


def _tell_owner(note: MarginNote, run: Playthrough, *, now: datetime) -> None:
    with translation.override(settings.LANGUAGE_CODE):
        send_notice(
            recipient=run.person,
            title=_("A note in the margin of your run of %(title)s") % {"title": f"《{run.version.title}》"},
            url=f"{reverse('simulations:debrief', args=[run.pk])}#notes",
            source_key=f"margin-note:{note.pk}",
            now=now,
        )

"""Homework: an entry for one of the four lists (四清单) that somebody writes out of their own run.

Whoever accompanies the person may return it with advice; authors and administrators return it or take it into the
list. What was taken in says which rehearsal it comes from and not whose it is.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from core import audit
from core.errors import NotAllowed, Refusal
from library.lists import EntryText, store_list_entry
from library.models import ListEntry, ListKind
from people.models import Person, Role, ScopeGrant
from people.notices import send_notice, settle_notices
from people.roles import has_role
from people.scope import can_see
from simulations.models import HomeworkStatus, ListHomework, Playthrough

ACCEPTING_ROLES = (Role.AUTHOR, Role.ADMINISTRATOR)
TITLE_LENGTH = 80
TEXT_LENGTH = 1_000
LEAST_TEXT = 10
"""Fewer characters than this tell nobody anything; asked of the writer, not of the reviewer who shortens."""
MOST_OF_A_RUN = 12
"""More pieces than this out of one run are no homework any more."""


@dataclass(frozen=True)
class Words:
    """What somebody writes: the list it is for, the entry itself, and the step it comes from (0: the whole run)."""

    kind: str
    title: str
    text: str
    step: int = 0


def can_accept(viewer: Person, homework: ListHomework, *, at: datetime) -> bool:
    """Whether this person may take it into the list: an author or administrator, and not their own."""
    return homework.person_id != viewer.pk and has_role(viewer, *ACCEPTING_ROLES, on=timezone.localdate(at))


def can_return(viewer: Person, homework: ListHomework, *, at: datetime) -> bool:
    """Whether this person may send it back with advice: who may accept it, or who accompanies the writer."""
    if homework.person_id == viewer.pk:
        return False
    return can_accept(viewer, homework, at=at) or can_see(viewer, homework.person, at=at)


def submit_homework(*, run: Playthrough, words: Words, by: Person, now: datetime) -> ListHomework:
    """Hand in an entry written out of one's own finished run; the same words again are the same homework.

    Raises NotAllowed for somebody else's run, Refusal for a run under way (code "unfinished"), for a list, title or
    text that will not do ("words"), for a text of fewer than ten characters ("short"), for a step the run does not
    have ("step") and for more than twelve ("many").
    """
    if run.person_id != by.pk:
        raise NotAllowed(_("Homework is written out of one's own run."))
    words = _long_enough(_checked(words, run))
    with transaction.atomic():
        run = Playthrough.objects.select_for_update(of=("self",)).select_related("version").get(pk=run.pk)
        if not run.is_finished:
            raise Refusal(_("Finish the run first; the homework looks back on it."), code="unfinished")
        handed_in = ListHomework.objects.filter(playthrough=run)
        same = handed_in.filter(kind=words.kind, title=words.title, text=words.text).first()
        if same:
            return same
        if handed_in.count() >= MOST_OF_A_RUN:
            raise Refusal(_("There are twelve entries out of this run already."), code="many")
        homework = ListHomework.objects.create(
            playthrough=run,
            person=by,
            step=words.step,
            kind=words.kind,
            title=words.title,
            text=words.text,
            written_at=now,
        )
        _audit("homework.submitted", homework, by=by, now=now)
        _tell_mentors(homework, now=now)
    return homework


def revise_homework(*, homework: ListHomework, words: Words, by: Person, now: datetime) -> ListHomework:
    """Change it while it waits, or hand it in again after advice. What was taken in is given back as it stands, and
    so is what waits in these very words. Raises as `submit_homework`."""
    if homework.person_id != by.pk:
        raise NotAllowed(_("Homework is written out of one's own run."))
    words = _long_enough(_checked(words, homework.playthrough))
    with transaction.atomic():
        homework = _locked(homework)
        was_returned = homework.status == HomeworkStatus.RETURNED
        if homework.status == HomeworkStatus.ACCEPTED or (not was_returned and words == _words_of(homework)):
            return homework
        if was_returned:
            homework.move_to(HomeworkStatus.SUBMITTED)
        homework.kind, homework.title, homework.text = words.kind, words.title, words.text
        homework.step, homework.written_at = words.step, now
        homework.save(update_fields=["status", "kind", "title", "text", "step", "written_at"])
        _audit("homework.revised", homework, by=by, now=now)
        if was_returned:
            _tell_mentors(homework, now=now)
    return homework


def take_back_homework(*, homework: ListHomework, by: Person, now: datetime) -> bool:
    """Take back what waits to be read: it is gone, and whoever was told of it is no longer asked. Whether it is gone;
    what was decided about stays. Raises NotAllowed for somebody else's."""
    if homework.person_id != by.pk:
        raise NotAllowed(_("Homework is written out of one's own run."))
    with transaction.atomic():
        found = ListHomework.objects.select_for_update(of=("self",)).filter(pk=homework.pk).first()
        if found is None:
            return True
        if found.status != HomeworkStatus.SUBMITTED:
            return False
        _audit("homework.taken_back", found, by=by, now=now)
        settle_notices(source_key=f"homework:{found.pk}", now=now)
        found.delete()
    return True


def return_homework(*, homework: ListHomework, advice: str, by: Person, now: datetime) -> ListHomework:
    """Send it back with advice. What was decided already is given back as it stands.

    Raises NotAllowed for whoever is neither author, administrator nor in scope, Refusal without advice ("advice").
    """
    if not can_return(by, homework, at=now):
        raise NotAllowed(_("You cannot decide about this homework."))
    advice = advice.replace("\x00", "").strip()
    if not 1 <= len(advice) <= TEXT_LENGTH:
        raise Refusal(_("Write the advice, at most 1000 characters; the writer reads it."), code="advice")
    with transaction.atomic():
        homework = _locked(homework)
        if homework.status != HomeworkStatus.SUBMITTED:
            return homework
        homework.move_to(HomeworkStatus.RETURNED)
        homework.advice, homework.decided_by, homework.decided_at = advice, by, now
        homework.save(update_fields=["status", "advice", "decided_by", "decided_at"])
        _audit("homework.returned", homework, by=by, now=now)
        _tell_writer(homework, now=now)
    return homework


def accept_homework(
    *, homework: ListHomework, key: str, words: Words, by: Person, now: datetime
) -> ListHomework:
    """Take it into the list under this key, with the words as the reviewer leaves them; the homework keeps its own.

    Raises NotAllowed for whoever is no author or administrator or wrote it, Refusal for a key that is taken ("key")
    and for words that will not do. What was decided already is given back as it stands.
    """
    if not can_accept(by, homework, at=now):
        raise NotAllowed(_("You cannot decide about this homework."))
    words = _checked(words, homework.playthrough)
    with transaction.atomic():
        homework = _locked(homework)
        if homework.status != HomeworkStatus.SUBMITTED:
            return homework
        if ListEntry.objects.filter(key=key).exists():
            raise Refusal(_("Another entry has this key already."), code="key")
        entry = store_list_entry(entry=_entry(key, words, homework, now=now), by=by, now=now)
        homework.move_to(HomeworkStatus.ACCEPTED)
        homework.entry, homework.decided_by, homework.decided_at = entry, by, now
        homework.save(update_fields=["status", "entry", "decided_by", "decided_at"])
        _audit("homework.accepted", homework, by=by, now=now, entry=key)
        _tell_writer(homework, now=now)
    return homework


def homework_of(run: Playthrough) -> QuerySet[ListHomework]:
    """What was written out of a run, the oldest first. One lazy query."""
    return ListHomework.objects.filter(playthrough=run).order_by("written_at")


def homework_waiting(reader: Person) -> QuerySet[ListHomework]:
    """What waits to be read by an author or administrator, the oldest first, never their own. One lazy query."""
    waiting = ListHomework.objects.filter(status=HomeworkStatus.SUBMITTED).exclude(person=reader)
    return (
        waiting.select_related("playthrough__version")
        .defer("playthrough__version__document")
        .order_by("written_at")
    )


def _entry(key: str, words: Words, homework: ListHomework, *, now: datetime) -> EntryText:
    today = timezone.localdate(now)
    with translation.override(settings.LANGUAGE_CODE):
        source = _("Homework out of the rehearsal %(title)s") % {
            "title": f"《{homework.playthrough.version.title}》"
        }
    return EntryText(
        key=key,
        kind=ListKind(words.kind),
        title=words.title,
        text=words.text,
        as_of=today,
        review_by=today + timedelta(days=365),
        source=source[:160],
    )


def _checked(words: Words, run: Playthrough) -> Words:
    title, text = (part.replace("\x00", "").strip() for part in (words.title, words.text))
    fits = 1 <= len(title) <= TITLE_LENGTH and 1 <= len(text) <= TEXT_LENGTH
    if words.kind not in ListKind.values or not fits:
        raise Refusal(
            _("Choose one of the four lists; a title of at most 80 and a text of at most 1000 characters."),
            code="words",
        )
    if not 0 <= words.step <= run.steps.count():
        raise Refusal(_("This run has no such step."), code="step")
    return Words(words.kind, title, text, words.step)


def _long_enough(words: Words) -> Words:
    if len(words.text) < LEAST_TEXT:
        raise Refusal(
            _("Write at least ten characters: when it matters, and what to do or to avoid."), code="short"
        )
    return words


def _words_of(homework: ListHomework) -> Words:
    return Words(homework.kind, homework.title, homework.text, homework.step)


def _locked(homework: ListHomework) -> ListHomework:
    found = ListHomework.objects.select_for_update(of=("self",))
    return found.select_related("playthrough__version", "person").get(pk=homework.pk)


def _audit(action: str, homework: ListHomework, *, by: Person, now: datetime, **detail: str) -> None:
    audit.record(action=action, target=f"simulations.homework:{homework.pk}", by=by, now=now, **detail)


def _tell_mentors(homework: ListHomework, *, now: datetime) -> None:
    """Whoever accompanies the writer now. Authors find it among what waits in the admin."""
    grants = ScopeGrant.objects.active(at=now).filter(subject=homework.person_id).select_related("viewer")
    moment = f"{now:%Y%m%d%H%M%S}"
    with translation.override(settings.LANGUAGE_CODE):
        title = _("Homework for the four lists: %(title)s") % {"title": homework.title}
        for viewer in {grant.viewer for grant in grants}:
            send_notice(
                recipient=viewer,
                title=title,
                url=reverse("simulations:homework", args=[homework.pk]),
                source_key=f"homework:{homework.pk}:{viewer.pk}:{moment}",
                now=now,
            )


def _tell_writer(homework: ListHomework, *, now: datetime) -> None:
    settle_notices(source_key=f"homework:{homework.pk}", now=now)
    accepted = homework.status == HomeworkStatus.ACCEPTED
    with translation.override(settings.LANGUAGE_CODE):
        title = (
            _("Your entry is in the four lists: %(title)s")
            if accepted
            else _("Advice on your entry for the four lists: %(title)s")
        )
        send_notice(
            recipient=homework.person,
            title=title % {"title": homework.title},
            url=reverse("simulations:homework", args=[homework.pk]),
            source_key=f"homework-answer:{homework.pk}:{now:%Y%m%d%H%M%S}",
            now=now,
        )

"""Certificates on their way: batches, people who could stand in one, and names that hold them up."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from certificates.desk import (
    BatchOnDesk,
    Candidates,
    batches_on_desk,
    candidates_on_desk,
    issuing_scopes,
)
from certificates.life.case_lists import count_open_cases
from certificates.models import NameAnswer, NameConfirmation
from certificates.names import complaint_of
from certificates.queries import names_to_settle
from cms.home.rows import Group, Row
from cms.words import day, together
from people.models import Organisation, Person, Role


def groups(person: Person, roles: frozenset[str], *, at: datetime) -> Iterator[Group]:
    """What issuers and administrators have to do. Five queries."""
    on = timezone.localdate(at)
    scopes = issuing_scopes(person, on=on)
    batches = batches_on_desk(person, scopes)
    people = candidates_on_desk(scopes, on=on)
    cases = count_open_cases(person, [scope.path for scope in scopes])
    yield Group(
        gettext_lazy("Certificates on their way"),
        gettext_lazy(
            "When somebody meets a scheme you are asked to propose; when a colleague proposes, to approve. Every "
            "certificate takes two people."
        ),
        sorted(
            (*_cases(cases), *_batches(batches), *_candidates(people, scopes)), key=lambda row: not row.asks
        ),
    )
    yield Group(
        gettext_lazy("Names before printing"),
        gettext_lazy(
            "Before a certificate is printed its holder is asked how they write their name. A correction they ask for "
            "appears here."
        ),
        tuple(_names(list(names_to_settle(person, at=at)), scopes, may_correct=Role.ADMINISTRATOR in roles)),
    )


def _cases(count: int) -> Iterator[Row]:
    """One line for all of them: the list says whose."""
    if count:
        yield Row(
            _("Certificates to look at again"),
            _(
                "A scheme is met no longer, or a correction is asked for. "
                "No certificate changes by itself: look, and decide."
            ),
            reverse("certificates:cases"),
            _("Look"),
            _certificates(count),
            urgent=True,
        )


def _batches(batches: Sequence[BatchOnDesk]) -> Iterator[Row]:
    for batch in batches:
        url = reverse("certificates:batch", args=[batch.pk])
        title = _("Batch %(title)s, %(scheme)s") % {"title": batch.title, "scheme": batch.scheme_title}
        if batch.failed:
            note = _("Printing failed; it is tried again by itself. Look at the reason and retry.")
            yield Row(title, note, url, _("Retry"), _certificates(batch.failed), urgent=True)
        elif batch.own:
            note = _("Proposed by you; somebody else approves it.")
            yield Row(title, note, url, _("Look"), _certificates(batch.ready), asks=False)
        elif batch.waiting:
            note = _("Proposed by a colleague, waits for a second person.")
            if batch.quarantined:
                note = together(note, _("%(count)d set aside.") % {"count": batch.quarantined})
            yield Row(title, note, url, _("Review the batch"), _certificates(batch.ready), urgent=True)


def _candidates(people: Sequence[Candidates], scopes: Sequence[Organisation]) -> Iterator[Row]:
    for each in people:
        yield Row(
            each.scheme_title,
            _("All requirements are met; nobody has proposed them yet."),
            _propose_url(each.scheme_key, scopes),
            _("Propose"),
            _people(each.count),
        )


def _names(
    questions: Sequence[NameConfirmation], scopes: Sequence[Organisation], *, may_correct: bool
) -> Iterator[Row]:
    """Every correction by itself; questions still open as one line a scheme."""
    open_ones: dict[str, list[NameConfirmation]] = {}
    for question in questions:
        if question.answer == NameAnswer.DISPUTED:
            yield _correction(question, may_correct=may_correct)
        else:
            open_ones.setdefault(question.scheme_key, []).append(question)
    for scheme_key, waiting in open_ones.items():
        due_on = min(question.due_on for question in waiting)
        yield Row(
            _("Not answered yet"),
            _("Without an answer by %(day)s the spelling counts as right.") % {"day": day(due_on)},
            _propose_url(scheme_key, scopes),
            _("Look"),
            _people(len(waiting)),
            asks=False,
        )


def _correction(question: NameConfirmation, *, may_correct: bool) -> Row:
    title = complaint_of(question)
    if not may_correct:
        note = _("An administrator corrects the account; then ask again.")
        return Row(title, note, asks=False)
    note = _("Correct the account, then ask again with the new spelling.")
    return Row(title, note, reverse("people:name", args=[question.person_id]), _("Correct it"), urgent=True)


def _propose_url(scheme_key: str, scopes: Sequence[Organisation]) -> str:
    query = {"scheme": scheme_key, "organisation": scopes[0].code} if scopes else {}
    return reverse("certificates:propose", query=query)


def _certificates(count: int) -> str:
    return ngettext("%(count)d certificate", "%(count)d certificates", count) % {"count": count}


def _people(count: int) -> str:
    return ngettext("%(count)d person", "%(count)d people", count) % {"count": count}

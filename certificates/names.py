"""Before a certificate is printed its holder is asked, by a dated notice: is this how your name is written?"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from certificates.models import NameAnswer, NameConfirmation, Particular
from certificates.queries import certificates_revoked
from core import audit
from core.errors import NotAllowed, Refusal
from people.models import Account, Person
from people.naming import as_name, look_alikes
from people.notices import send_notice, settle_notices

DAYS_TO_ANSWER = 5


@transaction.atomic
def ask_confirmation(
    *, person: Person, scheme_key: str, by: Person | None, now: datetime, due_on: date | None = None
) -> NameConfirmation:
    """Ask a person about the name in their account; the question that is already out for this very name.

    `due_on` (default: five days from now) is the last day for an answer; silence counts as a yes after it.
    """
    Person.objects.select_for_update().get(pk=person.pk)
    name = Account.objects.get(person=person).name
    asked = NameConfirmation.objects.filter(person=person, scheme_key=scheme_key, asked_name=name)
    existing = asked.exclude(answer=NameAnswer.DISPUTED).first()
    revoked = certificates_revoked([person.pk], scheme_key).get(person.pk)
    if existing and not (revoked and existing.asked_at <= revoked.at):
        return existing
    confirmation = existing or NameConfirmation(person=person, scheme_key=scheme_key, asked_name=name)
    confirmation.answer, confirmation.correction, confirmation.answered_at = "", "", None
    confirmation.wrong = ""
    confirmation.asked_at, confirmation.asked_by = now, by
    confirmation.due_on = due_on or timezone.localdate(now) + timedelta(days=DAYS_TO_ANSWER)
    confirmation.save()
    _send_question(confirmation, now=now)
    _audit("name.asked", confirmation, by=by, now=now)
    return confirmation


def ask_again(*, person: Person, by: Person, now: datetime) -> list[NameConfirmation]:
    """After the account's name was changed: put the new one to its bearer for every scheme whose last question was
    about the old one and was not settled with a yes. Idempotent."""
    name = Account.objects.get(person=person).name
    rows = NameConfirmation.objects.filter(person=person).order_by("id")
    newest = {row.scheme_key: row for row in rows}
    return [
        ask_confirmation(person=person, scheme_key=key, by=by, now=now)
        for key, row in newest.items()
        if row.asked_name != name and row.answer != NameAnswer.CONFIRMED
    ]


def ask_anew(*, confirmation: NameConfirmation, by: Person, now: datetime) -> NameConfirmation:
    """After what the holder found wrong was put right: ask them once more. The newest question of the scheme, unless
    it is this one; twice asks once."""
    newest = newest_confirmations([confirmation.person_id], confirmation.scheme_key)[confirmation.person_id]
    if newest.pk != confirmation.pk or newest.answer != NameAnswer.DISPUTED:
        return newest
    return ask_confirmation(person=confirmation.person, scheme_key=confirmation.scheme_key, by=by, now=now)


def confirm_name(*, confirmation: NameConfirmation, by: Person, now: datetime) -> NameConfirmation:
    """The holder says the spelling is right. Raises NotAllowed for anybody else, Refusal after another answer."""
    return _answer(confirmation, NameAnswer.CONFIRMED, correction="", by=by, now=now)


def dispute_name(
    *, confirmation: NameConfirmation, correction: str, by: Person, now: datetime
) -> NameConfirmation:
    """The holder says how the name is written instead; whoever asked is told. The certificate waits.

    They may still change their mind, until they have confirmed. Raises Refusal for what cannot be a name.
    """
    correction = correction.strip()
    if not correction:
        raise Refusal(_("Write your name the way it should be printed."), code="correction")
    try:
        correction = as_name(correction)
    except Refusal as refusal:
        raise Refusal(str(refusal), code="correction") from refusal
    if correction == confirmation.asked_name:
        raise Refusal(
            _("This is the spelling we asked about. If it is right, choose yes."), code="correction"
        )
    return _answer(
        confirmation, NameAnswer.DISPUTED, wrong=Particular.NAME, correction=correction, by=by, now=now
    )


def dispute_particular(
    *, confirmation: NameConfirmation, wrong: Particular, correction: str, by: Person, now: datetime
) -> NameConfirmation:
    """The holder says that something else is wrong, and how it should be; whoever asked is told. The certificate waits.

    A name goes through `dispute_name`. Raises Refusal where nothing is said.
    """
    if wrong == Particular.NAME:
        return dispute_name(confirmation=confirmation, correction=correction, by=by, now=now)
    correction = " ".join(correction.split())
    if not correction:
        raise Refusal(_("Write how it should be."), code="correction")
    return _answer(confirmation, NameAnswer.DISPUTED, wrong=wrong, correction=correction, by=by, now=now)


def complaint_of(confirmation: NameConfirmation) -> str:
    """What the holder found wrong, in one line."""
    if confirmation.wrong in ("", Particular.NAME):
        return _("“%(asked)s” should read “%(correction)s”") % {
            "asked": confirmation.asked_name,
            "correction": confirmation.correction,
        }
    facts = {
        "name": confirmation.asked_name,
        "what": confirmation.get_wrong_display(),
        "correction": confirmation.correction,
    }
    return _("%(name)s, %(what)s is wrong: %(correction)s") % facts


def newest_confirmations(people: Iterable[UUID], scheme_key: str) -> dict[UUID, NameConfirmation]:
    """The last question put to each person about this scheme. One query."""
    rows = NameConfirmation.objects.filter(person__in=list(people), scheme_key=scheme_key).order_by("id")
    return {row.person_id: row for row in rows}


def is_settled(confirmation: NameConfirmation, *, on: date) -> bool:
    """Whether the asked name counts as confirmed on this day: by a yes, or by silence past the due date.

    A name with easily mistaken characters needs the yes: whoever has not looked has not noticed either.
    """
    if confirmation.answer:
        return confirmation.answer == NameAnswer.CONFIRMED
    if look_alikes(confirmation.asked_name):
        return False
    return on > confirmation.due_on


@transaction.atomic
def _answer(
    confirmation: NameConfirmation,
    answer: NameAnswer,
    *,
    correction: str,
    by: Person,
    now: datetime,
    wrong: Particular | None = None,
) -> NameConfirmation:
    if confirmation.person_id != by.pk:
        raise NotAllowed(_("Only the person themself can say how their name is written."))
    confirmation = NameConfirmation.objects.select_for_update().get(pk=confirmation.pk)
    if (confirmation.answer, confirmation.correction, confirmation.wrong) == (
        answer,
        correction,
        wrong or "",
    ):
        return confirmation
    if confirmation.answer == NameAnswer.CONFIRMED:
        raise Refusal(_("You have already answered this. Ask your administrator to put the question again."))
    confirmation.answer, confirmation.correction, confirmation.answered_at = answer, correction, now
    confirmation.wrong = wrong.value if wrong else ""
    confirmation.save(update_fields=["answer", "correction", "answered_at", "wrong"])
    settle_notices(source_key=_matter(confirmation), now=now)
    if answer == NameAnswer.DISPUTED:
        _tell_the_asker(confirmation, now=now)
    _audit(f"name.{answer.value}", confirmation, by=by, now=now)
    return confirmation


def _send_question(confirmation: NameConfirmation, *, now: datetime) -> None:
    send_notice(
        recipient=confirmation.person,
        title=_("Please check what your certificate will say"),
        body=_question(confirmation),
        url=reverse("certificates:name", args=[confirmation.pk]),
        source_key=_matter(confirmation),
        now=now,
    )


def _matter(confirmation: NameConfirmation) -> str:
    """What ties a notice to one asking: a question that is put again is news again."""
    return f"name-confirmation:{confirmation.pk}:{confirmation.asked_at:%Y%m%d%H%M%S}"


def _question(confirmation: NameConfirmation) -> str:
    facts = {"name": confirmation.asked_name, "due": date_format(confirmation.due_on)}
    doubtful = look_alikes(confirmation.asked_name)
    if doubtful:
        return _(
            "A certificate is about to be printed for “%(name)s”. Easily mistaken in it: %(signs)s. "
            "Please answer by %(due)s: without your answer it is not printed."
        ) % {**facts, "signs": _(", ").join(map(str, doubtful))}
    return (
        _(
            "A certificate is about to be printed for “%(name)s”. Answer by %(due)s; "
            "without an answer the spelling counts as right."
        )
        % facts
    )


def _tell_the_asker(confirmation: NameConfirmation, *, now: datetime) -> None:
    if confirmation.asked_by is None:
        return
    send_notice(
        recipient=confirmation.asked_by,
        title=_("Somebody found a mistake before printing"),
        body=_("%(complaint)s. Put it right, then ask again.") % {"complaint": complaint_of(confirmation)},
        source_key=f"name-disputed:{confirmation.pk}",
        now=now,
    )


def _audit(action: str, confirmation: NameConfirmation, *, by: Person | None, now: datetime) -> None:
    audit.record(
        action=action,
        target=f"people.person:{confirmation.person_id}",
        by=by,
        now=now,
        confirmation=confirmation.pk,
        scheme=confirmation.scheme_key,
    )

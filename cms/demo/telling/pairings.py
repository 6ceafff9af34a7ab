"""Agreements signed, sessions written and confirmed, endorsements, ends."""

from __future__ import annotations

from django.db import transaction

from assessments import decisions
from cms.demo.histories.steps import ChangeAsked, Confirmed, Ended, Endorsed, Met, Paired
from cms.demo.telling.telling import People, tell
from mentoring.endorsements import endorse
from mentoring.models import Endorsement, Pairing, SessionLog
from mentoring.pairings import Goal, Signatures, end_pairing, start_pairing
from mentoring.sessions import ask_change, confirm_session, write_session
from mentoring.terms import Judgement, Method, PairingResult, PairingStatus, SessionStatus


@tell.register
def _paired(step: Paired, people: People) -> None:
    start_pairing(
        agreement_no=step.agreement_no,
        mentor=people[step.mentor],
        mentee=people[step.mentee],
        area=step.area,
        since_on=step.since_on,
        until_on=step.until_on,
        signed=Signatures(*step.signed_on),
        goals=[Goal(goal.leaf, goal.target, goal.text) for goal in step.goals],
        by=people[step.by],
        now=step.at,
    )


@tell.register
def _met(step: Met, people: People) -> None:
    pairing = Pairing.objects.get(agreement_no=step.agreement_no)
    if pairing.sessions.filter(key=step.key).exists():
        return
    write_session(
        pairing=pairing,
        key=step.key,
        held_on=step.held_on,
        minutes=step.minutes,
        method=Method(step.method),
        text=step.text,
        by=people[step.by],
        now=step.at,
    )


@tell.register
def _confirmed(step: Confirmed, people: People) -> None:
    session = _written(step)
    if session is not None:
        confirm_session(session=session, by=people[step.by], now=step.at)


@tell.register
def _change_asked(step: ChangeAsked, people: People) -> None:
    session = _written(step)
    if session is not None:
        ask_change(session=session, comment=step.comment, by=people[step.by], now=step.at)


@tell.register
@transaction.atomic
def _endorsed(step: Endorsed, people: People) -> None:
    pairing = Pairing.objects.get(agreement_no=step.agreement_no)
    if Endorsement.objects.filter(pairing=pairing, endorsed_at=step.at).exists():
        return
    judgements = {
        goal.pk: Judgement.REACHED if goal.leaf in step.reached else Judgement.NOT_YET
        for goal in pairing.goals.order_by("pk")
    }
    endorse(pairing=pairing, judgements=judgements, text=step.text, by=people[step.by], now=step.at)
    decisions.reconsider(person=pairing.mentee, now=step.at)


@tell.register
def _ended(step: Ended, people: People) -> None:
    pairing = Pairing.objects.get(agreement_no=step.agreement_no)
    if pairing.status == PairingStatus.ACTIVE:
        end_pairing(pairing=pairing, result=PairingResult(step.result), by=people[step.by], now=step.at)


def _written(step: Confirmed | ChangeAsked) -> SessionLog | None:
    """The session, while it waits for the other side."""
    sessions = SessionLog.objects.filter(pairing__agreement_no=step.agreement_no, key=step.key)
    return sessions.filter(status=SessionStatus.WRITTEN).select_related("pairing").first()

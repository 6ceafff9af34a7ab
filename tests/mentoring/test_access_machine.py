"""faults.md row 23: whoever the operations allow, the model allows, through any history of pairings."""

from __future__ import annotations

import itertools
import uuid
from datetime import date, timedelta
from typing import Any

from django.db import transaction
from django.test import TestCase
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from core.errors import Refusal
from core.models import AuditEntry
from mentoring.endorsements import endorse
from mentoring.models import Pairing, SessionLog
from mentoring.pairings import end_pairing, start_pairing
from mentoring.queries import mentees_of
from mentoring.sessions import confirm_session, write_session
from mentoring.terms import Judgement, Method, PairingResult, Tier
from people.models import Person
from people.scope import can_see
from tests.mentoring.factories import GOALS, STARTED_AT, WORDS, make_administrator, make_participant

MENTORS, MENTEES, CAPACITY = range(2), range(3), 2
some_mentor, some_mentee = st.sampled_from(MENTORS), st.sampled_from(MENTEES)


class PairingMachine(RuleBasedStateMachine):
    """Two mentors with room for two, three mentees, one administrator; time moves a minute at every step.

    `active` is the model: mentee → (mentor, agreement number, has a confirmed session).
    """

    def __init__(self) -> None:
        super().__init__()
        self.transaction = transaction.atomic()
        self.transaction.__enter__()

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.transaction.__exit__(None, None, None)

    @initialize()
    def people(self) -> None:
        self.numbers = itertools.count(1)
        self.now = STARTED_AT + timedelta(days=1)
        self.administrator = make_administrator()
        self.mentors = [make_participant(Tier.BACKBONE, capacity=CAPACITY) for _ in MENTORS]
        self.mentees = [make_participant(Tier.NEW) for _ in MENTEES]
        self.active: dict[int, tuple[int, str, bool]] = {}
        self.writes = AuditEntry.objects.count()

    @rule(mentor=some_mentor, mentee=some_mentee)
    def start(self, mentor: int, mentee: int) -> None:
        led = [m for m, _number, _confirmed in self.active.values() if m == mentor]
        allowed = mentee not in self.active and len(led) < CAPACITY
        number = f"QL-{next(self.numbers):04d}"
        done = self._try(
            start_pairing,
            agreement_no=number,
            mentor=self.mentors[mentor],
            mentee=self.mentees[mentee],
            since_on=date(2026, 7, 1),
            goals=GOALS,
            by=self.administrator,
        )
        assert done == allowed
        if done:
            self.active[mentee] = (mentor, number, False)

    @rule(mentee=some_mentee, result=st.sampled_from(PairingResult))
    def end(self, mentee: int, result: PairingResult) -> None:
        if mentee not in self.active:
            return
        pairing = self._pairing(mentee)
        assert self._try(end_pairing, pairing=pairing, result=result, by=self.administrator)
        del self.active[mentee]

    @rule(mentor=some_mentor, mentee=some_mentee)
    def meet(self, mentor: int, mentee: int) -> None:
        """The mentor writes into the newest agreement of these two, whether or not it still stands."""
        pairing = self._newest_of(mentor, mentee)
        if pairing is None:
            return
        wrote = self._try(
            write_session,
            pairing=pairing,
            key=uuid.uuid4(),
            held_on=date(2026, 7, 1),
            minutes=30,
            method=Method.REVIEW,
            text="见面",
            by=self.mentors[mentor],
        )
        assert wrote == self._leads(mentor, mentee)
        if wrote:
            session = SessionLog.objects.order_by("-pk")[0]
            assert self._try(confirm_session, session=session, by=self.mentees[mentee])
            self.active[mentee] = (mentor, pairing.agreement_no, True)

    @rule(mentor=some_mentor, mentee=some_mentee, by=some_mentor)
    def endorse(self, mentor: int, mentee: int, by: int) -> None:
        pairing = self._newest_of(mentor, mentee)
        if pairing is None:
            return
        allowed = by == mentor and self._leads(mentor, mentee) and self.active[mentee][2]
        done = self._try(
            endorse,
            pairing=pairing,
            judgements={goal.pk: Judgement.REACHED for goal in pairing.goals.all()},
            text=f"{WORDS}{uuid.uuid4()}",
            by=self.mentors[by],
        )
        assert done == allowed

    @invariant()
    def sees_exactly_the_active_mentees(self) -> None:
        for mentor, mentee in itertools.product(MENTORS, MENTEES):
            viewer, subject = self.mentors[mentor], self.mentees[mentee]
            expected = self._leads(mentor, mentee)
            assert can_see(viewer, subject, at=self.now) == expected
            visible = Pairing.objects.visible_to(viewer, at=self.now).filter(mentee=subject)
            assert visible.count() == int(expected)
        for mentor in MENTORS:
            shown = {mentee.agreement_no for mentee in mentees_of(self.mentors[mentor], at=self.now)}
            assert shown == {number for m, number, _confirmed in self.active.values() if m == mentor}

    @invariant()
    def every_write_left_one_audit_entry(self) -> None:
        assert AuditEntry.objects.count() == self.writes

    def _try(self, operation: Any, **arguments: Any) -> bool:
        self.now += timedelta(minutes=1)
        try:
            operation(now=self.now, **arguments)
        except Refusal:
            return False
        self.writes += 1
        return True

    def _leads(self, mentor: int, mentee: int) -> bool:
        return mentee in self.active and self.active[mentee][0] == mentor

    def _pairing(self, mentee: int) -> Pairing:
        return Pairing.objects.get(agreement_no=self.active[mentee][1])

    def _newest_of(self, mentor: int, mentee: int) -> Pairing | None:
        both: dict[str, Person] = {"mentor": self.mentors[mentor], "mentee": self.mentees[mentee]}
        return Pairing.objects.filter(**both).order_by("-pk").first()


class TestAccess(PairingMachine.TestCase, TestCase):
    """The machine on a database; each of its runs is rolled back."""

    settings = settings(
        max_examples=12,
        stateful_step_count=15,
        deadline=None,
        phases=[Phase.explicit, Phase.reuse, Phase.generate],  # shrinking on a database takes minutes
        suppress_health_check=list(HealthCheck),
    )

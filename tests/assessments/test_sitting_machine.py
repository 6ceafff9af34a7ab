"""A sitting under everything that can come in any order: acknowledged answers are stored, whatever follows.

Windows are opened, saves are sent, sent again and overtaken, time runs out or is added, the paper is handed in. A plain
model says what must be there; the journal must always be whole.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db import transaction
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from assessments.attempts import GRACE, submit_attempt
from assessments.models import Attempt, AttemptStatus
from assessments.sittings.fencing import open_paper
from assessments.sittings.journal import receipt_for
from assessments.sittings.receipts import digest_of, first_break
from assessments.sittings.saving import AnswerSuperseded, Held, Saved, SequenceReused
from tests.assessments.making import make_attempt, make_exam, save
from tests.factories import make_person

SLOTS = (1, 2)
START = datetime(2026, 11, 22, 20, 0, tzinfo=ZoneInfo("Asia/Shanghai"))


@dataclass(frozen=True)
class Sent:
    """A save as a page sends it."""

    fence: int
    slot: int
    sequence: int
    option: str


class Sitting(RuleBasedStateMachine):
    """`stored` is what the paper must hold, `written` what each number wrote, `acknowledged` each promise made."""

    def __init__(self) -> None:
        super().__init__()
        self.savepoint = transaction.atomic()
        self.savepoint.__enter__()
        make_exam(types=("single",) * len(SLOTS))
        self.attempt = make_attempt(make_person(), now=START)
        self.now, self.deadline = START, self.attempt.deadline_at
        self.fence, self.is_closed = 0, False
        self.stored: dict[int, tuple[int, str | None]] = dict.fromkeys(SLOTS, (0, None))
        self.written: dict[tuple[int, int], str] = {}
        self.held: dict[tuple[int, int, int], str] = {}
        self.acknowledged: dict[int, tuple[int, str]] = {}
        self.sent: list[Sent] = []

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.savepoint.__exit__(None, None, None)

    @rule()
    def open_another_window(self) -> None:
        opened = open_paper(attempt=self.attempt, opened_from="a", now=self.now)
        self.fence += not self.is_closed
        assert opened.fence == self.fence

    @rule(
        behind=st.integers(0, 2),
        slot=st.sampled_from(SLOTS),
        sequence=st.integers(1, 8),
        option=st.sampled_from(["o1", "o2", "o3"]),
    )
    def send(self, behind: int, slot: int, sequence: int, option: str) -> None:
        self._send(Sent(max(0, self.fence - behind), slot, sequence, option))

    @precondition(lambda self: self.sent)
    @rule(data=st.data())
    def send_again(self, data: st.DataObject) -> None:
        self._send(data.draw(st.sampled_from(self.sent)))

    @rule(minutes=st.sampled_from([1, 12, 25]))
    def wait(self, minutes: int) -> None:
        self.now += timedelta(minutes=minutes)

    @rule()
    def add_time(self) -> None:
        if not self.is_closed:
            self.deadline += timedelta(minutes=10)
            Attempt.objects.filter(pk=self.attempt.pk).update(deadline_at=self.deadline)

    @rule()
    def hand_in(self) -> None:
        submit_attempt(attempt_id=self.attempt.pk, by=self.attempt.person, now=self.now)
        self.is_closed = True

    def _send(self, sent: Sent) -> None:
        self.sent.append(sent)
        try:
            outcome: Any = save(
                self.attempt,
                sent.slot,
                [sent.option],
                sequence=sent.sequence,
                now=self.now,
                fence=sent.fence,
            )
        except (AnswerSuperseded, SequenceReused) as refusal:
            outcome = refusal
        self.is_closed |= self.now > self.deadline + GRACE
        self._expect(sent, outcome)

    def _expect(self, sent: Sent, outcome: Any) -> None:
        """The rules of the house, said once more and in other words."""
        newest, option = self.stored[sent.slot]
        first = self.written.get((sent.slot, sent.sequence))
        may_write = not self.is_closed and sent.fence >= self.fence
        if may_write and sent.sequence > newest:
            assert isinstance(outcome, Saved)
            self.stored[sent.slot] = (sent.sequence, sent.option)
            self.written[sent.slot, sent.sequence] = sent.option
            self.acknowledged[outcome.entry] = (sent.slot, sent.option)
        elif sent.option in (option, first):
            assert isinstance(outcome, Saved)
            assert self.acknowledged[outcome.entry] == (sent.slot, sent.option)
        elif sent.fence < self.fence:
            self._expect_held(sent, outcome)
        elif first is not None:
            assert isinstance(outcome, SequenceReused)
        elif sent.sequence < newest:
            assert isinstance(outcome, AnswerSuperseded)
        else:
            assert self.is_closed
            self._expect_held(sent, outcome)

    def _expect_held(self, sent: Sent, outcome: Any) -> None:
        place = (sent.slot, sent.fence, sent.sequence)
        if self.held.setdefault(place, sent.option) == sent.option:
            assert isinstance(outcome, Held)
        else:
            assert isinstance(outcome, SequenceReused)

    @invariant()
    def paper_holds_what_was_acknowledged_last(self) -> None:
        rows = self.attempt.answers.values_list("slot", "sequence", "response")
        assert {slot: (sequence, response) for slot, sequence, response in rows} == self.stored

    @invariant()
    def every_acknowledged_answer_is_a_line_of_a_whole_chain(self) -> None:
        receipt = receipt_for(self.attempt.pk)
        assert first_break(receipt) is None
        lines = {link.number: (link.slot, link.digest) for link in receipt.links}
        promised = self.acknowledged.items()
        assert lines == {number: (slot, digest_of(option)) for number, (slot, option) in promised}

    @invariant()
    def nothing_that_was_held_is_gone(self) -> None:
        rows = self.attempt.held_answers.values_list("slot", "fence", "sequence", "response")
        assert {row[:3]: row[3] for row in rows} == self.held

    @invariant()
    def sitting_is_closed_when_the_model_says_so(self) -> None:
        self.attempt.refresh_from_db()
        assert (self.attempt.status != AttemptStatus.OPEN) == self.is_closed


class SittingTest(TestCase, Sitting.TestCase):  # type: ignore[misc, name-defined]
    settings = settings(max_examples=20, stateful_step_count=20, deadline=None)

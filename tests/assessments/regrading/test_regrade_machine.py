"""Any sequence of sittings and regrades: finished marks change by regrades only, and are always those of the rules.

A plain model of the exam says what each paper must come to; workers are interrupted and come again as they like.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from django.db import transaction
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from assessments.models import Attempt, Regrade, RegradeStatus
from assessments.regrading import carrying
from assessments.regrading.advancing import advance_regrade
from assessments.results.rescoring import Reason, rescore_attempt
from assessments.results.scoring import result_of, score_answers
from competencies.models import Evidence
from core.errors import Refusal
from people.models import Notice
from tests.assessments.making import make_exam
from tests.assessments.regrades import (
    correct_key,
    key_change,
    make_approved,
    make_approver,
    make_author,
    make_sat,
)

START = datetime(2026, 11, 22, 20, 0, tzinfo=ZoneInfo("Asia/Shanghai"))
ITEMS = (1, 2)
OPTIONS = ("o1", "o2", "o3")
SAID = ("items", "parts", "points", "max_points", "complete", "passed", "correction_id")


@dataclass
class Rules:
    """The exam as its corrections leave it."""

    percent: int = 60
    key: dict[int, str] = field(default_factory=lambda: dict.fromkeys(ITEMS, "o2"))
    points: dict[int, int] = field(default_factory=lambda: dict.fromkeys(ITEMS, 2))
    void: dict[int, str] = field(default_factory=lambda: dict.fromkeys(ITEMS, "count"))

    def outcome(self, picked: tuple[str, ...]) -> tuple[Decimal, Decimal, bool]:
        """Points, the most there are, and whether they are enough."""
        counting = [item for item in ITEMS if self.void[item] != "drop"]
        most = sum(self.points[item] for item in counting)
        earned = sum(
            self.points[item]
            for item in counting
            if self.void[item] == "full" or picked[item - 1] == self.key[item]
        )
        return Decimal(earned), Decimal(most), earned * 100 >= self.percent * most

    def change(self, said: dict[str, Any], key: str) -> None:
        match said["kind"]:
            case "pass":
                self.percent = int(said["percent"])
            case "key":
                self.key[said["item"]] = key
            case "points":
                self.points[said["item"]] = int(said["points"])
            case _:
                self.void[said["item"]] = said["how"]


class Regrading(RuleBasedStateMachine):
    """`rules` are in force; `papers` is what was picked on each; `results` how many each has."""

    def __init__(self) -> None:
        super().__init__()
        self.savepoint = transaction.atomic()
        self.savepoint.__enter__()
        self.version = make_exam(types=("single",) * len(ITEMS))
        self.author, self.approver, self.now = make_author(), make_approver(), START
        self.rules = Rules()
        self.papers: dict[Attempt, tuple[str, ...]] = {}
        self.results: dict[Attempt, int] = {}
        self.running: Regrade | None = None

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.savepoint.__exit__(None, None, None)

    @precondition(lambda self: len(self.papers) < 3)
    @rule(first=st.sampled_from(OPTIONS), second=st.sampled_from(OPTIONS))
    def sit(self, first: str, second: str) -> None:
        attempt = make_sat(first, second, now=self.now)
        self.papers[attempt], self.results[attempt] = (first, second), 1
        newest = attempt.results.get()
        assert (newest.points, newest.max_points, newest.passed) == self.rules.outcome((first, second))

    @precondition(lambda self: self.running is None)
    @rule(
        kind=st.sampled_from(["key", "void", "points", "pass"]),
        item=st.sampled_from(ITEMS),
        key=st.sampled_from(OPTIONS),
        how=st.sampled_from(["drop", "full", "count"]),
        number=st.integers(1, 4),
    )
    def approve(self, kind: str, item: int, key: str, how: str, number: int) -> None:
        said: dict[str, Any] = {
            "key": {},
            "void": {"kind": kind, "item": item, "how": how},
            "points": {"kind": kind, "item": item, "points": str(number)},
            "pass": {"kind": kind, "percent": str(number * 20)},
        }[kind] or key_change(correct_key(f"base-{item}", key), item)
        self.now += timedelta(days=1)
        try:
            self.running = make_approved(
                self.version, said, now=self.now, by=self.author, approver=self.approver
            )
        except Refusal as refusal:
            assert refusal.code == "changes"  # noqa: PT017 -- nothing changed, or nothing would count
            return
        self.rules.change(said, key)

    @precondition(lambda self: self.running)
    @rule(lines=st.integers(0, 2))
    def carry_out_some(self, lines: int) -> None:
        assert self.running
        for line_id in carrying.next_lines(self.running, after=0)[:lines]:
            carrying.carry_out(regrade=self.running, line_id=line_id, now=self.now)

    @precondition(lambda self: self.running)
    @rule(deliveries=st.integers(1, 2))
    def carry_out(self, deliveries: int) -> None:
        assert self.running
        for _delivery in range(deliveries):
            done = advance_regrade(regrade=self.running, clock=lambda: self.now)
            assert done.status == RegradeStatus.DONE
        self.running = None

    @precondition(lambda self: self.papers and self.running is None)
    @rule(data=st.data())
    def score_again(self, data: st.DataObject) -> None:
        """Nothing was corrected: nothing changes."""
        attempt = data.draw(st.sampled_from(list(self.papers)))
        before = attempt.results.count()
        rescore_attempt(attempt=attempt, reason=Reason.QUESTION, by=None, now=self.now)
        assert attempt.results.count() == before

    @invariant()
    def results_only_grow_while_a_regrade_is_carried_out(self) -> None:
        for attempt in self.papers:
            count = attempt.results.count()
            newest = attempt.results.order_by("-number")[0]
            if count != self.results[attempt]:
                assert count == self.results[attempt] + 1
                assert newest.reason == Reason.QUESTION
                self.results[attempt] = count

    @invariant()
    def every_paper_is_as_the_rules_have_it(self) -> None:
        if self.running:
            return
        for attempt, picked in self.papers.items():
            newest = attempt.results.order_by("-number")[0]
            assert (newest.points, newest.max_points, newest.passed) == self.rules.outcome(picked)
            scratch = result_of(newest.attempt, score_answers(newest.attempt))
            assert [getattr(newest, name) for name in SAID] == [getattr(scratch, name) for name in SAID]
            standing = Evidence.objects.standing().get(person=attempt.person_id)
            assert standing.passed == newest.passed
            told = Notice.objects.filter(recipient=attempt.person_id, source_key__startswith="result:")
            assert told.count() <= newest.number - 1


class RegradingTest(TestCase, Regrading.TestCase):  # type: ignore[misc, name-defined]
    settings = settings(max_examples=6, stateful_step_count=10, deadline=None)

"""How the marking of an exam is organised: how many scripts in hand, for how long, how many in all, and until when."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Count
from django.utils import timezone
from django.utils.translation import gettext as _

from assessments.models import ExamVersion, Mark, MarkingPlan, MarkRound
from core import audit
from core.errors import Refusal
from people.models import Person, Role
from people.roles import check_role

# Least and most, as the database has them.
RANGES = {"hold": (1, 500), "lease_minutes": (5, 20160), "undo_minutes": (0, 1440)}
MOST_QUOTA = 1_000_000
ROUNDS = (MarkRound.FIRST, MarkRound.SECOND, MarkRound.THIRD)


@dataclass(frozen=True)
class PlanTerms:
    """What holds for the marking of an exam; without a plan, what is usual. `quota` is for one marker."""

    hold: int = 10
    lease_minutes: int = 240
    quota: int | None = None
    undo_minutes: int = 0
    due_at: datetime | None = None

    @property
    def lease(self) -> timedelta:
        return timedelta(minutes=self.lease_minutes)

    @property
    def undo(self) -> timedelta:
        return timedelta(minutes=self.undo_minutes)


USUAL = PlanTerms()


def terms_for(exam_key: str) -> PlanTerms:
    """The terms on which one exam is marked. One query."""
    return terms_by_key([exam_key])[exam_key]


def terms_by_key(exam_keys: Collection[str]) -> dict[str, PlanTerms]:
    """The same for several. One query."""
    plans = MarkingPlan.objects.filter(exam_key__in=exam_keys)
    return {**dict.fromkeys(exam_keys, USUAL), **{plan.exam_key: terms_in(plan) for plan in plans}}


def terms_in(plan: MarkingPlan) -> PlanTerms:
    """What a plan says."""
    return PlanTerms(plan.hold, plan.lease_minutes, plan.quota, plan.undo_minutes, plan.due_at)


def set_plan(*, exam_key: str, terms: PlanTerms, by: Person, now: datetime) -> MarkingPlan:
    """Say how the marking of an exam is organised; the same terms again change nothing. Scripts that are in hand stay
    so until their time.

    Raises NotAllowed for anybody but an administrator, and Refusal for numbers out of range ("invalid") or an exam
    that was never released ("not_found").
    """
    check_role(by, Role.ADMINISTRATOR, on=timezone.localdate(now))
    _check(exam_key, terms)
    with transaction.atomic():
        said = {**asdict(terms), "set_by": by, "set_at": now}
        plan, created = MarkingPlan.objects.select_for_update().get_or_create(
            exam_key=exam_key, defaults=said
        )
        if not created and terms_in(plan) == terms:
            return plan
        for name, value in said.items():
            setattr(plan, name, value)
        plan.save()
        due_at = terms.due_at.isoformat() if terms.due_at else None
        target = f"assessments.exam:{exam_key}"
        audit.record(
            action="marking.planned", target=target, by=by, now=now, **{**asdict(terms), "due_at": due_at}
        )
    return plan


def marked_counts(marker: Person, exam_keys: Collection[str]) -> dict[str, int]:
    """By exam, how many answers this marker has marked, as a quota counts them: without what was taken back or came
    from a file, and without rechecks. One query, none without exams."""
    if not exam_keys:
        return {}
    given = Mark.objects.filter(
        marked_by=marker,
        answer__attempt__exam_key__in=exam_keys,
        imported=False,
        undoes=None,
        undone_by=None,
        round__in=ROUNDS,
    )
    counted = given.order_by().values_list("answer__attempt__exam_key")
    return dict(counted.annotate(count=Count("answer", distinct=True)))


def _check(exam_key: str, terms: PlanTerms) -> None:
    for name, (least, most) in RANGES.items():
        if not least <= getattr(terms, name) <= most:
            raise Refusal(_out_of_range(least, most), code="invalid")
    if terms.quota is not None and not 1 <= terms.quota <= MOST_QUOTA:
        raise Refusal(_out_of_range(1, MOST_QUOTA), code="invalid")
    if not ExamVersion.objects.held().filter(key=exam_key).exists():
        raise Refusal(_("There is no such exam."), code="not_found")


def _out_of_range(least: int, most: int) -> str:
    return _("Give a number from %(least)s to %(most)s.") % {"least": least, "most": most}

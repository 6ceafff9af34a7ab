"""A regrade until a second person has decided: who may do what, in which order, and once."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from assessments.models import ExamCorrection, ExamVersion, Regrade, RegradeStatus, Result
from assessments.regrading.advancing import advance_regrade
from assessments.regrading.deciding import approve_regrade, can_approve, refuse_regrade
from assessments.regrading.drafting import (
    change_regrade,
    draft_regrade,
    propose_regrade,
    try_regrade,
    withdraw_regrade,
)
from core.errors import NotAllowed, Refusal
from core.models import AuditEntry
from people.models import Person, Role
from tests.assessments.making import make_attempt, make_exam
from tests.assessments.regrades import (
    DOUBLED,
    DROP,
    REASON,
    make_approved,
    make_approver,
    make_author,
    make_sat,
    make_tried,
)
from tests.factories import make_organisation, make_person

pytestmark = pytest.mark.django_db


@pytest.fixture
def version() -> ExamVersion:
    return make_exam(types=("single", "single"))


@pytest.fixture
def author() -> Person:
    return make_author()


@pytest.fixture
def approver() -> Person:
    return make_approver()


def draft(version: ExamVersion, by: Person, now: datetime, **changed: Any) -> Regrade:
    said = {"changes": [DROP], "reason": REASON, **changed}
    return draft_regrade(exam_version=version, by=by, now=now, **said)


def proposed(version: ExamVersion, by: Person, now: datetime, *changes: dict[str, Any]) -> Regrade:
    return propose_regrade(regrade=make_tried(version, *(changes or (DROP,)), by=by, now=now), by=by, now=now)


def actions() -> list[str]:
    found = AuditEntry.objects.filter(action__startswith="regrade.").order_by("pk")
    return [each.removeprefix("regrade.") for each in found.values_list("action", flat=True)]


def code(call: Any, **arguments: Any) -> str:
    with pytest.raises(Refusal) as refused:
        call(**arguments)
    return refused.value.code


def test_draft_asked_for_twice_is_one(version: ExamVersion, author: Person, now: datetime) -> None:
    assert draft(version, author, now) == draft(version, author, now)
    assert actions() == ["drafted"]


def test_only_authors_draft(version: ExamVersion, approver: Person, now: datetime) -> None:
    assert code(draft, version=version, by=approver, now=now) == "not_allowed"
    assert Regrade.objects.count() == 0


@pytest.mark.parametrize(
    ("changed", "said"),
    [({"changes": []}, "changes"), ({"reason": " 好 "}, "reason"), ({"reason": "长" * 1001}, "reason")],
)
def test_draft_that_says_too_little_or_too_much_is_refused(
    changed: dict[str, Any], said: str, version: ExamVersion, author: Person, now: datetime
) -> None:
    assert code(draft, version=version, by=author, now=now, **changed) == said


def test_changing_what_was_tried_forgets_the_dry_run(
    version: ExamVersion, author: Person, now: datetime
) -> None:
    make_sat("o2", "o2", now=now)
    tried = make_tried(version, DROP, by=author, now=now)
    assert tried.lines.count() == 1
    changed = change_regrade(regrade=tried, changes=[DOUBLED], reason=REASON, by=author, now=now)
    assert (changed.status, changed.tried_on, changed.lines.count()) == (RegradeStatus.DRAFT, "", 0)
    again = change_regrade(regrade=tried, changes=[DOUBLED], reason=REASON, by=author, now=now)
    assert again == changed
    assert actions() == ["drafted", "tried", "changed"]


def test_somebody_elses_draft_is_neither_changed_nor_proposed(
    version: ExamVersion, author: Person, now: datetime
) -> None:
    """Or else two people could each write a part, and each approve what they wrote."""
    tried, other = make_tried(version, DROP, by=author, now=now), make_person(roles=(Role.AUTHOR,))
    with pytest.raises(NotAllowed):
        change_regrade(regrade=tried, changes=[DOUBLED], reason=REASON, by=other, now=now)
    with pytest.raises(NotAllowed):
        propose_regrade(regrade=tried, by=other, now=now)
    with pytest.raises(NotAllowed):
        withdraw_regrade(regrade=tried, by=other, now=now)


def test_what_was_not_tried_is_not_proposed(version: ExamVersion, author: Person, now: datetime) -> None:
    assert code(propose_regrade, regrade=draft(version, author, now), by=author, now=now) == "untried"


def test_proposing_and_approving_twice_is_once(
    version: ExamVersion, author: Person, approver: Person, now: datetime
) -> None:
    regrade = proposed(version, author, now)
    assert propose_regrade(regrade=regrade, by=author, now=now) == regrade
    approved = approve_regrade(regrade=regrade, by=approver, now=now)
    assert approve_regrade(regrade=regrade, by=approver, now=now) == approved
    assert (approved.status, approved.decided_by, approved.decided_at) == (
        RegradeStatus.RUNNING,
        approver,
        now,
    )
    assert actions() == ["drafted", "tried", "proposed", "approved"]
    correction = ExamCorrection.objects.get()
    assert (correction.number, correction.changes) == (1, [DROP])
    assert (correction.proposed_by, correction.approved_by) == (author, approver)


def test_nobody_approves_their_own(version: ExamVersion, author: Person, now: datetime) -> None:
    """Also not with a second role."""
    both = make_person(roles=(Role.AUTHOR, Role.ADMINISTRATOR))
    regrade = proposed(version, both, now)
    assert not can_approve(both, regrade, at=now)
    assert can_approve(author, regrade, at=now)
    assert not can_approve(make_person(roles=(Role.EXAMINER,)), regrade, at=now)
    with pytest.raises(NotAllowed):
        approve_regrade(regrade=regrade, by=both, now=now)
    with pytest.raises(NotAllowed):
        refuse_regrade(regrade=regrade, note="不应更正此题", by=both, now=now)
    assert ExamCorrection.objects.count() == 0


def test_nobody_approves_what_changes_their_own_marks(
    version: ExamVersion, author: Person, approver: Person, now: datetime
) -> None:
    make_sat("o1", "o2", now=now, person=approver)
    regrade = proposed(version, author, now)
    assert not can_approve(approver, regrade, at=now)


@pytest.mark.parametrize(
    ("place", "role", "may"),
    [
        ("QH-01", Role.ADMINISTRATOR, True),
        ("QH", Role.ADMINISTRATOR, True),
        ("QH-02", Role.ADMINISTRATOR, False),
        ("QH-02", Role.AUTHOR, True),
    ],
)
def test_administrator_approves_only_what_changes_marks_of_people_they_administer(
    place: str, role: Role, may: bool, version: ExamVersion, author: Person, now: datetime
) -> None:
    """Whose marks stay as they are may work anywhere."""
    top = make_organisation("QH")
    places = {"QH": top, **{name: make_organisation(name, top) for name in ("QH-01", "QH-02")}}
    make_sat("o1", "o2", now=now, person=make_person(organisation=places["QH-01"]))
    stays = make_sat("o1", "o1", now=now, person=make_person(organisation=make_organisation("XX")))
    regrade = proposed(version, author, now, {"kind": "pass", "percent": "50"})
    assert regrade.lines.get(attempt=stays).changes is False
    by = make_person(roles=(role,), organisation=places[place])
    assert can_approve(by, regrade, at=now) is may
    if not may:
        assert code(approve_regrade, regrade=regrade, by=by, now=now) == "not_allowed"
        assert ExamCorrection.objects.count() == 0


def test_approval_of_something_else_than_what_was_tried_is_refused(
    version: ExamVersion, author: Person, approver: Person, now: datetime
) -> None:
    regrade = proposed(version, author, now)
    make_sat("o2", "o2", now=now)
    assert code(approve_regrade, regrade=regrade, by=approver, now=now) == "stale"
    assert ExamCorrection.objects.count() == 0
    again = advance_regrade(regrade=try_regrade(regrade=regrade, by=approver, now=now), clock=lambda: now)
    assert (again.status, again.lines.count()) == (RegradeStatus.TRIED, 1)
    regrade = propose_regrade(regrade=again, by=author, now=now)
    assert approve_regrade(regrade=regrade, by=approver, now=now).status == RegradeStatus.RUNNING


def test_paper_still_open_makes_no_dry_run_stale(
    version: ExamVersion, author: Person, approver: Person, now: datetime
) -> None:
    regrade = proposed(version, author, now)
    make_attempt(make_person(), now=now)
    assert approve_regrade(regrade=regrade, by=approver, now=now).lines.count() == 1


def test_second_regrade_waits_for_the_first(version: ExamVersion, author: Person, now: datetime) -> None:
    other = make_person(roles=(Role.AUTHOR,))
    proposed(version, author, now)
    tried = make_tried(version, DOUBLED, by=other, now=now)
    assert code(propose_regrade, regrade=tried, by=other, now=now) == "another"


def test_what_another_regrade_changed_meanwhile_makes_the_dry_run_stale(
    version: ExamVersion, author: Person, approver: Person, now: datetime
) -> None:
    tried = make_tried(version, DOUBLED, by=author, now=now)
    done = make_approved(
        version, {**DROP, "item": 2}, now=now, by=make_person(roles=(Role.AUTHOR,)), approver=approver
    )
    advance_regrade(regrade=done, clock=lambda: now + timedelta(hours=2))
    assert code(propose_regrade, regrade=tried, by=author, now=now) == "stale"


def test_refusal_says_why_and_changes_nothing(
    version: ExamVersion, author: Person, approver: Person, now: datetime
) -> None:
    regrade = proposed(version, author, now)
    assert code(refuse_regrade, regrade=regrade, note=" 不 ", by=approver, now=now) == "note"
    refused = refuse_regrade(regrade=regrade, note="原答案无误。", by=approver, now=now)
    assert refuse_regrade(regrade=regrade, note="原答案无误。", by=approver, now=now) == refused
    assert (refused.status, refused.note, refused.decided_by) == (
        RegradeStatus.REFUSED,
        "原答案无误。",
        approver,
    )
    assert code(approve_regrade, regrade=regrade, by=approver, now=now) == "late"
    assert actions() == ["drafted", "tried", "proposed", "refused"]
    assert ExamCorrection.objects.count() == 0


def test_proposal_is_withdrawn_by_its_author_alone_until_it_is_approved(
    version: ExamVersion, author: Person, approver: Person, now: datetime
) -> None:
    """Others refuse it, and have to say why."""
    first = withdraw_regrade(regrade=proposed(version, author, now), by=author, now=now)
    assert (first.status, first.finished_at) == (RegradeStatus.WITHDRAWN, now)
    assert withdraw_regrade(regrade=first, by=author, now=now) == first
    second = proposed(version, author, now, DOUBLED)
    with pytest.raises(NotAllowed):
        withdraw_regrade(regrade=second, by=approver, now=now)
    refuse_regrade(regrade=second, note="分值无误，不改。", by=approver, now=now)
    third = approve_regrade(
        regrade=proposed(version, author, now, {"kind": "pass", "percent": "50"}), by=approver, now=now
    )
    assert code(withdraw_regrade, regrade=third, by=author, now=now) == "late"
    assert code(try_regrade, regrade=third, by=author, now=now) == "late"


def test_dry_run_writes_no_result(version: ExamVersion, author: Person, now: datetime) -> None:
    make_sat("o2", "o1", now=now)
    make_tried(version, DROP, by=author, now=now)
    assert (Result.objects.count(), ExamCorrection.objects.count()) == (1, 0)

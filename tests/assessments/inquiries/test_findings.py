"""A finding changes nothing; the candidate is told, may object once, and somebody else answers."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from assessments.inquiries.findings import answer_objection, object_to, record_finding
from assessments.models import Attempt, Inquiry, Verdict
from core.errors import NotAllowed, Refusal
from core.models import AuditEntry
from core.once import KeyReused, new_key
from people.models import Notice, Person, Role
from tests.assessments.inquiries.making import make_sitting
from tests.assessments.making import make_attempt, make_exam
from tests.factories import make_organisation, make_person

pytestmark = pytest.mark.django_db
SAW = "三次切到别的窗口，每次一分钟。"


@pytest.fixture
def attempt(now: datetime) -> Attempt:
    make_exam()
    return make_sitting(now)


@pytest.fixture
def finder(db: Any) -> Person:
    return make_person("看记录的人", roles=(Role.EXAMINER,))


def find(attempt: Attempt, by: Person, now: datetime, **fields: Any) -> Inquiry:
    said = {"verdict": Verdict.NOTED, "text": SAW, "key": new_key(), **fields}
    return record_finding(attempt=attempt, by=by, now=now, **said)


def test_a_finding_is_stored_and_told_and_changes_no_mark(
    attempt: Attempt, finder: Person, now: datetime
) -> None:
    before = list(attempt.results.values()), Attempt.objects.values().get()
    inquiry = find(attempt, finder, now)
    assert (inquiry.verdict, inquiry.text, inquiry.found_by, inquiry.found_at) == (
        Verdict.NOTED,
        SAW,
        finder,
        now,
    )
    assert (list(attempt.results.values()), Attempt.objects.values().get()) == before
    notice = Notice.objects.get(source_key=f"inquiry:{inquiry.pk}")
    assert (notice.recipient, notice.url) == (attempt.person, f"/exams/attempt/{attempt.pk}/journal/")
    assert SAW not in notice.title + notice.body


def test_a_double_click_is_one_finding(attempt: Attempt, finder: Person, now: datetime) -> None:
    key = new_key()
    first, again = find(attempt, finder, now, key=key), find(attempt, finder, now, key=key)
    assert (again, Inquiry.objects.count(), AuditEntry.objects.filter(action="inquiry.found").count()) == (
        first,
        1,
        1,
    )
    with pytest.raises(KeyReused):
        find(attempt, finder, now, key=key, text="另一个说法。")


@pytest.mark.parametrize(
    ("verdict", "text", "ok"),
    [
        (Verdict.CLEAR, "", True),
        (Verdict.CLEAR, "没有问题。", True),
        (Verdict.NOTED, "", False),
        (Verdict.NOTED, "  短 ", False),
        (Verdict.CLEAR, "短", False),
        (Verdict.NOTED, "字" * 1000, True),
        (Verdict.NOTED, "字" * 1001, False),
    ],
)
def test_a_note_needs_words(
    attempt: Attempt, finder: Person, now: datetime, verdict: Verdict, text: str, ok: bool
) -> None:
    if ok:
        assert find(attempt, finder, now, verdict=verdict, text=text).text == text.strip()
        return
    with pytest.raises(Refusal) as refused:
        find(attempt, finder, now, verdict=verdict, text=text)
    assert (refused.value.code, Inquiry.objects.count()) == ("text", 0)


def test_nothing_is_found_while_the_candidate_writes(finder: Person, now: datetime) -> None:
    make_exam()
    attempt = make_attempt(make_person(), now=now)
    with pytest.raises(Refusal) as refused:
        find(attempt, finder, now)
    assert (refused.value.code, Notice.objects.count()) == ("open", 0)


def test_strangers_and_the_candidate_find_nothing(attempt: Attempt, now: datetime) -> None:
    elsewhere = make_organisation("QH-99", make_organisation())
    for by in (
        attempt.person,
        make_person(),
        make_person(organisation=elsewhere, roles=(Role.ADMINISTRATOR, Role.EXAMINER)),
    ):
        with pytest.raises(NotAllowed):
            find(attempt, by, now)
    assert Inquiry.objects.count() == 0


def test_the_candidate_objects_once_and_those_who_can_answer_know(
    attempt: Attempt, finder: Person, now: datetime
) -> None:
    administrator = make_person(roles=(Role.ADMINISTRATOR,))
    make_person(organisation=make_organisation("QH-99", make_organisation()), roles=(Role.ADMINISTRATOR,))
    inquiry = find(attempt, finder, now)
    later = now + timedelta(hours=1)
    objected = object_to(inquiry=inquiry, text="我在接居民的电话。", by=attempt.person, now=later)
    again = object_to(inquiry=inquiry, text="另一个说法。", by=attempt.person, now=later + timedelta(hours=1))
    assert (
        (again.objection, again.objected_at) == (objected.objection, later) == ("我在接居民的电话。", later)
    )
    told = Notice.objects.exclude(recipient=attempt.person).values_list("recipient", "url")
    url = f"/exams/inquiries/{attempt.pk}/"
    assert set(told) == {(finder.pk, url), (administrator.pk, url)}


def test_nobody_objects_for_the_candidate(attempt: Attempt, finder: Person, now: datetime) -> None:
    inquiry = find(attempt, finder, now)
    for by in (finder, make_person(roles=(Role.ADMINISTRATOR,))):
        with pytest.raises(NotAllowed):
            object_to(inquiry=inquiry, text="我在接居民的电话。", by=by, now=now)


def test_somebody_else_answers_and_both_are_told(attempt: Attempt, finder: Person, now: datetime) -> None:
    administrator = make_person(roles=(Role.ADMINISTRATOR,))
    inquiry = find(attempt, finder, now)
    object_to(inquiry=inquiry, text="我在接居民的电话。", by=attempt.person, now=now)
    with pytest.raises(Refusal) as refused:
        answer_objection(inquiry=inquiry, text="我坚持原来的看法。", by=finder, now=now)
    assert refused.value.code == "finder"
    answered = answer_objection(inquiry=inquiry, text="电话记录属实。", by=administrator, now=now)
    again = answer_objection(inquiry=inquiry, text="再答一次试试。", by=administrator, now=now)
    assert (answered.reply, again.reply, again.replied_by) == (
        "电话记录属实。",
        "电话记录属实。",
        administrator,
    )
    told = Notice.objects.filter(source_key__startswith="objection-answer:").values_list("recipient", "url")
    assert set(told) == {
        (attempt.person_id, f"/exams/attempt/{attempt.pk}/journal/"),
        (finder.pk, f"/exams/inquiries/{attempt.pk}/"),
    }
    asked = Notice.objects.get(source_key=f"objection:{inquiry.pk}:{administrator.pk}")
    assert asked.read_at == now


def test_an_objection_comes_before_its_answer(attempt: Attempt, finder: Person, now: datetime) -> None:
    inquiry = find(attempt, finder, now)
    with pytest.raises(Refusal) as refused:
        answer_objection(
            inquiry=inquiry, text="电话记录属实。", by=make_person(roles=(Role.EXAMINER,)), now=now
        )
    assert refused.value.code == "none"


def test_the_database_keeps_finder_and_answer_apart(attempt: Attempt, finder: Person, now: datetime) -> None:
    inquiry = find(attempt, finder, now)
    object_to(inquiry=inquiry, text="我在接居民的电话。", by=attempt.person, now=now)
    with pytest.raises(IntegrityError), transaction.atomic():
        Inquiry.objects.filter(pk=inquiry.pk).update(reply="自己答", replied_by=finder, replied_at=now)


def test_the_trail_has_every_step_and_no_words(attempt: Attempt, finder: Person, now: datetime) -> None:
    inquiry = find(attempt, finder, now)
    object_to(inquiry=inquiry, text="我在接居民的电话。", by=attempt.person, now=now)
    administrator = make_person(roles=(Role.ADMINISTRATOR,))
    answer_objection(inquiry=inquiry, text="电话记录属实。", by=administrator, now=now)
    entries = AuditEntry.objects.filter(target=f"assessments.inquiry:{inquiry.pk}").order_by("pk")
    assert [(entry.action, entry.actor) for entry in entries] == [
        ("inquiry.found", str(finder.pk)),
        ("inquiry.objected", str(attempt.person_id)),
        ("inquiry.answered", str(administrator.pk)),
    ]
    assert [word for word in (SAW, "电话") if word in str(list(entries.values()))] == []

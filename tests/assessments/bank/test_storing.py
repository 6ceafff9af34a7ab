"""Questions become frozen versions; what is wrong with one is said whole."""

from __future__ import annotations

import json
from datetime import date, datetime
from pathlib import Path

import pytest
from django.db.models.query_utils import DeferredAttribute

from assessments.bank.storing import free_key, import_pack, shown_version, store_question
from assessments.models import QuestionVersion
from core.appendonly import AppendOnlyViolation
from core.errors import NotAllowed, Refusal
from core.models import AuditEntry
from people.models import Role
from tests.assessments.making import make_question, question_item
from tests.factories import make_person

PACK = Path(__file__).resolve().parents[3] / "cms/demo/pack"

pytestmark = pytest.mark.django_db


def test_question_stored_twice_is_one_version(now: datetime) -> None:
    first = store_question(item=question_item("Q1"), by=None, now=now)
    again = store_question(item=question_item("Q1"), by=None, now=now)
    assert again == first
    assert list(QuestionVersion.objects.values_list("number", flat=True)) == [1]
    assert AuditEntry.objects.filter(action="question.stored").count() == 1


def test_question_changed_gets_the_next_version_and_the_old_one_stays(now: datetime) -> None:
    store_question(item=question_item("Q1"), by=None, now=now)
    store_question(item=question_item("Q1", explanation="改过的解析"), by=None, now=now)
    assert list(QuestionVersion.objects.order_by("number").values_list("number", "explanation")) == [
        (1, "解析"),
        (2, "改过的解析"),
    ]
    assert shown_version("Q1").number == 2


def test_question_going_back_to_what_it_said_is_a_new_version_all_the_same(now: datetime) -> None:
    for explanation in ("一", "二", "一"):
        store_question(item=question_item("Q1", explanation=explanation), by=None, now=now)
    assert shown_version("Q1").number == 3


def test_question_weights_are_kept_as_exact_text(now: datetime) -> None:
    assert make_question("Q1").leaves == {"DIG": "0.75", "LAW": "0.25"}


def test_question_version_cannot_be_changed(now: datetime) -> None:
    version = make_question("Q1")
    version.explanation = "别的"
    with pytest.raises(AppendOnlyViolation):
        version.save()


def test_question_with_several_faults_names_each(now: datetime) -> None:
    item = question_item("Q1", leaves={"XXX": 1}, points=0)
    del item["module"]
    with pytest.raises(Refusal) as refused:
        store_question(item=item, by=None, now=now)
    fields = [line.split(": ")[0] for line in str(refused.value).split("; ")]
    assert fields == ["Q1", "item.module", "points", "leaves.XXX"]
    assert QuestionVersion.objects.count() == 0


def test_question_whose_key_does_not_fit_its_body_is_refused(now: datetime) -> None:
    item = question_item("Q1", answer={"rule": "exact", "correct": "o9"})
    with pytest.raises(Refusal, match=r"key\.correct"):
        store_question(item=item, by=None, now=now)


def test_question_is_stored_by_authors_only(now: datetime) -> None:
    author, learner = make_person(roles=(Role.AUTHOR,)), make_person()
    assert store_question(item=question_item("Q1"), by=author, now=now).stored_by == author
    with pytest.raises(NotAllowed):
        store_question(item=question_item("Q2"), by=learner, now=now)


def test_pack_imported_twice_stores_once(now: datetime) -> None:
    path = PACK / "questions" / "base.json"
    count = len(json.loads(path.read_text(encoding="utf-8")))
    first = import_pack(path, by=None, now=now)
    again = import_pack(path, by=None, now=now)
    assert (first.stored, first.unchanged) == (count, 0)
    assert (again.stored, again.unchanged) == (0, count)


def test_pack_with_one_bad_question_stores_none(tmp_path: Path, now: datetime) -> None:
    pack = tmp_path / "pack.json"
    pack.write_text(json.dumps([question_item("Q1"), question_item("Q2", points=0)]), encoding="utf-8")
    with pytest.raises(Refusal, match="Q2"):
        import_pack(pack, by=None, now=now)
    assert QuestionVersion.objects.count() == 0


def test_version_without_key_leaves_the_answer_in_the_database(now: datetime) -> None:
    make_question("Q1")
    version = QuestionVersion.objects.without_key().get()
    assert version.get_deferred_fields() == {"answer", "explanation"}
    assert isinstance(QuestionVersion.answer, DeferredAttribute)


def test_a_new_question_is_offered_a_key_that_nobody_has() -> None:
    assert free_key(on=date(2026, 11, 22)) == "Q2026-001"
    make_question("Q2026-007")
    make_question("Q2026-8a")
    make_question("Q2025-099")
    assert free_key(on=date(2026, 11, 22)) == "Q2026-008"

"""Questions, exams and sittings for tests, made by the product's own operations."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from io import BytesIO
from typing import Any

from django.contrib.auth.models import Group, Permission
from PIL import Image

from assessments.attempts import start_attempt, submit_attempt
from assessments.bank.media import keep_medium
from assessments.bank.storing import store_question
from assessments.exams.releasing import release_exam
from assessments.models import Answer, AnswerFile, Attempt, ExamVersion, QuestionVersion
from assessments.sittings.saving import save_answer
from core import private_files
from core.hashing import sha256_hex
from library.clauses import ClauseEntry, store_clause
from library.models import PolicyClause, PolicyLevel
from people.models import Person, Role
from tests.factories import LONG_AGO_AT

OPTIONS = [{"id": "o1", "text": "甲"}, {"id": "o2", "text": "乙"}, {"id": "o3", "text": "丙"}]
TRUE_FALSE = [{"id": "true", "text": "正确"}, {"id": "false", "text": "错误"}]


def picture_bytes(format: str = "PNG", size: tuple[int, int] = (40, 30)) -> bytes:
    """A plain picture; always the same bytes."""
    out = BytesIO()
    Image.new("RGB", size, "teal").save(out, format)
    return out.getvalue()


PICTURE = picture_bytes()  # shown by the hotspot, kept by `question_item`
WORK = "%PDF-1.4 走访记录".encode()  # handed in with the upload, by `make_attempt`

# By type: body, answer, a right response as the API takes it.
TYPES: dict[str, tuple[dict[str, Any], dict[str, Any], Any]] = {
    "single": ({"options": OPTIONS}, {"rule": "exact", "correct": "o2"}, ["o2"]),
    "multiple": (
        {"options": OPTIONS},
        {"rule": "social_worker_exam", "correct": ["o1", "o3"]},
        ["o1", "o3"],
    ),
    "true_false": ({"options": TRUE_FALSE}, {"rule": "exact", "correct": "false"}, ["false"]),
    "ordering": (
        {"options": OPTIONS},
        {"rule": "adjacent_pair", "orders": [["o3", "o1", "o2"]]},
        {"o3": "1", "o1": "2", "o2": "3"},
    ),
    "matching": (
        {
            "left": [{"id": "l1", "text": "左一"}, {"id": "l2", "text": "左二"}],
            "right": [{"id": "r1", "text": "右一"}, {"id": "r2", "text": "右二"}],
        },
        {"rule": "per_pair", "pairs": {"l1": "r2", "l2": "r1"}},
        {"l1": "r2", "l2": "r1"},
    ),
    "fill_in": (
        {"blanks": [{"id": "b1", "label": "多少户"}, {"id": "b2", "label": "占比", "unit": "%"}]},
        {"rule": "per_blank", "blanks": {"b1": {"value": 12}, "b2": {"accepted": ["25"]}}},
        {"b1": "12", "b2": "25"},
    ),
    "cloze": (
        {"text": "先[[g1]]，再[[g2]]。", "gaps": [{"id": "g1"}, {"id": "g2", "options": OPTIONS}]},
        {"rule": "per_gap", "gaps": {"g1": {"accepted": ["听"]}, "g2": {"correct": "o2"}}},
        {"g1": "听", "g2": "o2"},
    ),
    "short_answer": (
        {"max_chars": 20},
        {"rule": "rubric", "criteria": [{"id": "c1", "text": "有依据", "max": 2}]},
        ["写下的方案"],
    ),
    "case_analysis": (
        {"parts": [{"id": "p1", "label": "（1）"}, {"id": "p2", "label": "（2）", "max_chars": 150}]},
        {
            "rule": "rubric",
            "criteria": [
                {"id": "c1", "text": "指出不当", "max": 1, "part": "p1"},
                {"id": "c2", "text": "说明清楚", "max": 1, "part": "p2"},
            ],
        },
        {"p1": "第一问的话", "p2": "第二问的话"},
    ),
    "hotspot": (
        {
            "image": {"file": f"{sha256_hex(PICTURE)}.png", "alt": "楼道平面图", "width": 40, "height": 30},
            "spots": [
                {"id": "s1", "shape": "rect", "coords": [1, 1, 12, 10], "text": "电动车"},
                {"id": "s2", "shape": "circle", "coords": [30, 10, 6]},
                {"id": "s3", "shape": "poly", "coords": [5, 20, 20, 20, 12, 28], "text": "灭火器"},
            ],
        },
        {"rule": "per_spot", "correct": ["s1", "s2"]},
        ["s1", "s2"],
    ),
    "file_upload": (
        {"kinds": ["pdf", "picture"], "most_files": 2},
        {"rule": "rubric", "criteria": [{"id": "c1", "text": "记录完整", "max": 2}]},
        [f"{sha256_hex(WORK)}/走访记录.pdf"],
    ),
}


def question_item(
    key: str, type: str = "single", body_extra: Mapping[str, Any] | None = None, **fields: Any
) -> dict[str, Any]:
    """A valid question of this type, worth 2 points, as `store_question` takes it; `body_extra` adds to its body."""
    body, answer, _right = TYPES[type]
    if type == "hotspot":
        keep_medium(content=PICTURE, name="楼道.png", by=None, now=LONG_AGO_AT)
    item = {
        "key": key,
        "type": type,
        "module": "测试模块",
        "points": 2,
        "difficulty": 2,
        "minutes": 1,
        "leaves": {"DIG": 0.75, "LAW": 0.25},
        "body": {"stem": f"题干{key}", **body, **(body_extra or {})},
        "answer": answer,
        "explanation": "解析",
    }
    return {**item, **fields}


def make_question(key: str, type: str = "single", **fields: Any) -> QuestionVersion:
    """That question in the bank, in use."""
    return store_question(item=question_item(key, type, **fields), by=None, now=LONG_AGO_AT, live=True)


def make_exam(
    key: str = "base", types: tuple[str, ...] = ("single", "multiple"), **fields: Any
) -> ExamVersion:
    """A released exam with one question of 2 points for each of the types, in this order unless shuffled."""
    keys = [f"{key}-{number}" for number, _type in enumerate(types, start=1)]
    for question_key, type in zip(keys, types, strict=True):
        make_question(question_key, type)
    definition = {
        "key": key,
        "title": f"考试{key}",
        "minutes": 20,
        "pass_percent": 60,
        "shuffle": False,
        "questions": [{"key": each, "points": 2} for each in keys],
        **fields,
    }
    return release_exam(definition=definition, by=None, now=LONG_AGO_AT)


def right_response(attempt: Attempt, slot: int) -> Any:
    """What earns full marks in this slot (a written text where a person marks)."""
    answer = attempt.answers.select_related("item__question_version").get(slot=slot)
    return TYPES[answer.item.question_version.type][2]


def save(attempt: Attempt, slot: int, raw: Any, *, sequence: int, now: datetime, **extra: Any) -> Any:
    """A save by the candidate."""
    return save_answer(
        attempt_id=attempt.pk,
        person=attempt.person,
        slot=slot,
        raw=raw,
        sequence=sequence,
        now=now,
        **extra,
    )


def make_attempt(person: Person, exam_key: str = "base", *, now: datetime, answered: bool = False) -> Attempt:
    """An open sitting, with every question answered right if asked for; where files are asked for, one lies ready."""
    attempt = start_attempt(person=person, exam_key=exam_key, now=now)
    for answer in attempt.answers.filter(item__question_version__type="file_upload"):
        _lay_ready(answer)
    if answered:
        for answer in attempt.answers.order_by("slot"):
            save(attempt, answer.slot, right_response(attempt, answer.slot), sequence=answer.slot, now=now)
    return attempt


def _lay_ready(answer: Answer) -> None:
    """A file that was handed in and is not named by the answer: any save may name it."""
    stored = private_files.store(WORK, folder=f"answers/{answer.pk}", suffix=".pdf")
    AnswerFile.objects.get_or_create(
        answer=answer,
        sha256=stored.sha256,
        defaults={
            "name": "走访记录.pdf",
            "size": stored.size,
            "path": stored.path,
            "uploaded_at": LONG_AGO_AT,
        },
    )


def make_submitted(person: Person, exam_key: str = "base", *, now: datetime) -> Attempt:
    """A sitting handed in with every answer right."""
    attempt = make_attempt(person, exam_key, now=now, answered=True)
    return submit_attempt(attempt_id=attempt.pk, by=person, now=now)


def open_admin() -> None:
    """Let every role into the editor's admin, as `cms.permissions` does."""
    access = Permission.objects.get(content_type__app_label="wagtailadmin", codename="access_admin")
    for role in Role:
        Group.objects.get_or_create(name=role.value)[0].permissions.add(access)


def make_clause(key: str = "c-1", **fields: Any) -> PolicyClause:
    """A clause of the policy library."""
    said: dict[str, Any] = {
        "level": PolicyLevel.LOCAL,
        "title": "条款",
        "text": "内容",
        "citation": "办法第三条",
        "as_of": date(2024, 1, 1),
        "review_by": date(2027, 1, 1),
        "verified": True,
        **fields,
    }
    return store_clause(entry=ClauseEntry(key=key, **said), by=None, now=LONG_AGO_AT)

"""What a rule says, in a sentence for people."""

from __future__ import annotations

from typing import Any

import pytest

from assessments.schemes.reading import rule_text, titles_for
from competencies.ledger import register_subject
from competencies.models import SubjectKind
from tests.assessments.schemes.making import COURSE, EXAM, make_subjects

pytestmark = pytest.mark.django_db

SAID: list[tuple[dict[str, Any], str]] = [
    ({"kind": "all"}, "以下全部满足"),
    ({"kind": "any"}, "以下满足任意一项"),
    ({"kind": "at_least", "n": 2}, "以下至少满足 2 项"),
    ({"kind": "at_least"}, "以下至少满足 ? 项"),
    (EXAM, "考试《基础》得分不低于 60%"),
    (
        {**EXAM, "mark": 62.5, "must_pass": True, "max_age_months": 36, "axes": {"technical": 70}},
        "考试《基础》得分不低于 62.5%，技术能力不低于 70%，并且本身判为合格，须在近 36 个月内取得",
    ),
    ({**EXAM, "kind": "scenario"}, "情景模拟《base》得分不低于 60%"),
    ({"kind": "exam"}, "考试《（尚未选择）》得分不低于 ?%"),
    (COURSE, "学完课程《数据分析》"),
    ({"kind": "endorsement"}, "经带教导师认可"),
    ({"kind": "endorsement", "subject": "pair"}, "经“王师傅带教”的导师认可"),
    ({"kind": "practice", "hours": 40}, "实践满 40 学时"),
    ({"kind": "certificate", "subject_kind": "scheme", "subject": "other"}, "持有本单位证书“other”"),
    ({"kind": "certificate", "subject": "state"}, "持有已认定的原有证书“state”"),
    ({"kind": "essay"}, ""),
    ({}, ""),
]


@pytest.mark.parametrize(("rule", "text"), SAID)
def test_a_rule_is_a_sentence(rule: dict[str, Any], text: str) -> None:
    make_subjects()
    register_subject(kind=SubjectKind.PAIRING, key="pair", title="王师傅带教")
    assert rule_text(rule, titles_for([rule]), "A@1") == text


def test_an_axis_of_no_view_keeps_its_key() -> None:
    rule = {**COURSE, "axes": {"spirit": 50}}
    assert rule_text(rule, {}, "Z@9") == "学完课程《data》，spirit不低于 50%"
    assert rule_text({**COURSE, "axes": "all"}, {}, "A@1") == "学完课程《data》"


def test_titles_are_one_query(django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(1):
        titles_for([COURSE, EXAM, {"subject": ["a"]}])

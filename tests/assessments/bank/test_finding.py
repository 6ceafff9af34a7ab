"""Finding questions of the bank: by what candidates read and how they are filed, never by their key."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.http import QueryDict
from django.test import RequestFactory
from django.utils import timezone

from assessments.admin.listing import matching
from assessments.bank.cataloguing import Filing, file_question
from assessments.bank.errata import report_erratum
from assessments.bank.finding import FLAGS, flags_of, found
from assessments.bank.storing import store_question
from assessments.bank.workflow import move_question
from assessments.models import ErratumKind, Question, QuestionStatus
from library.clauses import repeal_clause
from people.models import Account, Person, Role
from tests.assessments.making import make_clause, make_exam, make_question, question_item
from tests.factories import LONG_AGO_AT, make_person

pytestmark = pytest.mark.django_db

List = Callable[..., list[str]]


@pytest.fixture(autouse=True)
def _no_memory() -> None:
    cache.clear()


@pytest.fixture
def author() -> Person:
    return make_person("作者", roles=(Role.AUTHOR,))


@pytest.fixture
def listed(author: Person, rf: RequestFactory) -> List:
    """`listed("q=…")` → the keys the author's list shows."""
    request = rf.get("/")
    request.user = Account.objects.get(person=author)
    return lambda asked="": [each.key for each in matching(request, QueryDict(asked))]


def asks(key: str, stem: str, options: tuple[str, ...] = ("甲", "乙", "丙"), **fields: Any) -> Question:
    item = question_item(key, **fields)
    entries = [{"id": f"o{number}", "text": text} for number, text in enumerate(options, start=1)]
    item["body"] = {"stem": stem, "options": entries}
    return store_question(item=item, by=None, now=LONG_AGO_AT, live=True).question


def file(question: Question, **fields: Any) -> None:
    file_question(question=question, filing=Filing(**fields), by=None, now=LONG_AGO_AT)


@pytest.mark.parametrize(
    ("query", "keys"),
    [
        ("", ["A1", "B2"]),
        ("独居", ["A1"]),
        ("老人 上门", ["A1"]),
        ("独居 电梯", []),
        ("网格员", ["B2"]),
        ("60 AED", ["B2"]),
        ("aed", ["B2"]),
        ("a1", ["A1"]),
        ("走访/独居", ["A1"]),
        ("重点 独居", ["A1"]),
        ('说"清楚"', ["B2"]),
        ("100%", []),
    ],
)
@pytest.mark.postgres
def test_every_word_stands_in_what_candidates_read_or_in_the_filing(
    query: str, keys: list[str], listed: List
) -> None:
    file(asks("A1", "上门看望独居老人"), category="走访/独居", tags=("重点",))
    asks("B2", "电梯表决要60%同意", ('网格员说"清楚"', "用 AED 急救", "丙"))
    assert listed(QueryDict(mutable=True).urlencode() + f"q={query.replace('%', '%25')}") == keys


@pytest.mark.parametrize("query", ["金丝雀", "stem", "options", "u5bc6", "exact", "o2", "解析"])
@pytest.mark.postgres
def test_nothing_is_found_by_what_gives_it_away_or_by_how_it_is_kept(query: str, listed: List) -> None:
    """Canary."""
    asks("A1", "密密麻麻的题干", explanation="金丝雀机密")
    assert listed(f"q={query}") == []


@pytest.mark.postgres
def test_only_the_newest_version_is_searched(listed: List) -> None:
    asks("A1", "旧的说法")
    asks("A1", "新的说法")
    assert (listed("q=旧的"), listed("q=新的")) == ([], ["A1"])


def test_search_takes_as_many_queries_for_three_as_for_one(django_assert_num_queries: Any) -> None:
    for key in ("A1", "A2", "A3"):
        asks(key, "上门看望独居老人 AED")
    for query, number in (("独居 老人", 1), ("AED", 2)):
        with django_assert_num_queries(number):
            assert len(found(Question.objects.all(), query)) == 3


@pytest.mark.postgres
def test_filters_of_what_a_question_is(listed: List, author: Person) -> None:
    make_question("A1", "multiple", module="甲模块", difficulty=4, leaves={"EMG": 1})
    file(make_question("B1").question, category="政策/低保", tags=("居家",), author=author)
    file(make_question("B2").question, category="政策", tags=("居家养老",))
    file(make_question("B3").question, category="政策研究")
    move_question(
        question=Question.objects.get(key="B3"),
        to=QuestionStatus.SUSPECT,
        by=None,
        now=LONG_AGO_AT,
        reason="有据",
    )
    expected = {
        "type=multiple": ["A1"],
        "module=甲模块": ["A1"],
        "difficulty=4": ["A1"],
        "leaf=EMG": ["A1"],
        "category=政策": ["B1", "B2"],
        "category=政策/低保": ["B1"],
        "tag=居家": ["B1"],
        "author=me": ["B1"],
        f"author={author.pk}": ["B1"],
        "author=nobody": ["A1", "B2", "B3"],
        "status=suspect": ["B3"],
        "status=live&tag=居家养老&q=B2": ["B2"],
    }
    assert {asked: listed(asked) for asked in expected} == expected


@pytest.mark.postgres
def test_flags(listed: List) -> None:
    """Each finds its own question and no other."""
    today = timezone.localdate()
    make_exam("used", types=("single",))
    old = make_clause()
    file(asks("R1", "居民代表会议由谁召集？"), clauses=(old.key,))
    repeal_clause(clause=old, on=today, by=None, now=LONG_AGO_AT)
    future = make_clause("c-2")
    file(asks("R2", "公示栏贴出的材料要留几天？"), clauses=(future.key,))
    repeal_clause(clause=future, on=today + timedelta(days=1), by=None, now=LONG_AGO_AT)
    file(asks("D1", "低保申请要交哪些材料？"), review_on=today)
    file(asks("D2", "网格台账每周核对几次才够？"), review_on=today + timedelta(days=1))
    report_erratum(
        version=make_question("E1"),
        reporter=make_person(),
        kind=ErratumKind.TYPO,
        text="第三个选项有错字",
        now=timezone.now(),
    )
    asks("N1", "上门走访独居老人时发现家中有煤气味，首先怎么做？")
    asks("N2", "上门走访独居老人时发现家里有煤气味，首先怎么做？")
    expected = {
        "repealed": ["R1"],
        "review": ["D1"],
        "reported": ["E1"],
        "near": ["N1", "N2"],
        "unused": ["D1", "D2", "E1", "N1", "N2", "R1", "R2"],
    }
    assert {flag: listed(f"flag={flag}") for flag in FLAGS} == expected
    rows = list(Question.objects.all())
    told = {each.key: flags_of(rows, now=timezone.now())[each.pk] for each in rows}
    assert {key: flags for key, flags in told.items() if flags} == {
        "R1": ["依据已废止"],
        "D1": ["该复核"],
        "E1": ["有报错未答复"],
    }

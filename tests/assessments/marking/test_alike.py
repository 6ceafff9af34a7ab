"""Near-identical answers: found among those one may mark, and only shown."""

from __future__ import annotations

import random
from datetime import datetime
from itertools import combinations
from typing import Any

import pytest

from assessments.attempts import start_attempt, submit_attempt
from assessments.items.similarity import TEXTS_ALIKE, Alike, families, texts_alike
from assessments.marking.alike import alike_families, alike_pairs, like_this, read_families, text_of
from assessments.models import Answer, Attempt, ExamItem, Mark, Result
from tests.assessments.making import make_exam, save
from tests.factories import make_person

SAID = "先上门听老人把话说完，再约社区民警和物业一起到楼道里查看线路，当场写下三方都签字的整改期限"
NEARLY = SAID.replace("三方", "几方")
OTHER = "由网格员把情况报给街道，街道召集议事会，投票以后在公告栏公示七天再动工，费用从公共收益里出"


def test_texts_that_differ_in_a_word_are_alike_and_others_are_not() -> None:
    assert texts_alike({"1": SAID, "2": NEARLY, "3": OTHER}, most=9) == [Alike(90, "1", "2")]


def test_punctuation_and_spaces_hide_nothing() -> None:
    spread = " ".join(SAID).replace("，", "；")
    assert texts_alike({"1": SAID, "2": spread}, most=9) == [Alike(100, "1", "2")]


def test_what_repeats_the_question_says_nothing() -> None:
    one, other = SAID + "我会耐心劝说", SAID + "我去请来律师"
    assert texts_alike({"1": one, "2": other}, asked=SAID, most=9) == []


def test_short_answers_are_not_compared() -> None:
    assert texts_alike({"1": "报警并通知物业", "2": "报警并通知物业"}, most=9) == []


def test_no_pair_is_missed_by_the_filter() -> None:
    chance = random.Random(7)
    texts = {}
    for number in range(60):
        letters = list(chance.choice((SAID, OTHER)))
        for _change in range(chance.randrange(8)):
            letters[chance.randrange(len(letters))] = chance.choice("甲乙丙丁")
        texts[f"{number:02}"] = "".join(letters)

    def grams(text: str) -> set[str]:
        plain = text.replace("，", "")
        return {plain[at : at + 2] for at in range(len(plain) - 1)}

    def share(one: str, other: str) -> float:
        return len(grams(one) & grams(other)) / len(grams(one) | grams(other))

    every = {(a, b) for a, b in combinations(texts, 2) if share(texts[a], texts[b]) >= TEXTS_ALIKE}
    assert {(pair.one, pair.other) for pair in texts_alike(texts, most=9999)} == every


def test_families_tie_together_what_is_tied_through_others() -> None:
    pairs = [Alike(99, "a", "b"), Alike(95, "c", "d"), Alike(90, "b", "e"), Alike(85, "d", "c")]
    assert families(pairs) == [["a", "b", "e"], ["c", "d"]]


def test_parts_of_a_case_are_read_together_and_files_are_not_read() -> None:
    assert [text_of({"p1": "甲", "p2": "乙"}), text_of("丙"), text_of(["0/a.pdf"]), text_of(None)] == [
        "甲\n乙",
        "丙",
        "",
        "",
    ]


@pytest.fixture
def item(db: Any) -> ExamItem:
    version = make_exam(types=("short_answer",))
    return version.items.select_related("question_version").get()


def write(text: str, now: datetime) -> Attempt:
    """A paper with this answer, handed in."""
    writer = make_person()
    attempt = start_attempt(person=writer, exam_key="base", now=now)
    save(attempt, 1, [text], sequence=1, now=now)
    return submit_attempt(attempt_id=attempt.pk, by=writer, now=now)


def answer_of(attempt: Attempt) -> Answer:
    return attempt.answers.select_related("item__question_version").get()


def test_only_papers_one_may_mark_are_named(item: ExamItem, now: datetime) -> None:
    mine, near, foreign = (write(text, now) for text in (SAID, NEARLY, SAID))
    within = Attempt.objects.exclude(pk=foreign.pk)
    assert like_this(answer_of(mine), within=within) == [answer_of(near).pk]
    families_ = alike_families(item, within=within)
    ids = sorted(str(answer_of(each).pk) for each in (mine, near))
    assert families_ == [[Alike(90, *ids)]]
    assert alike_families(item, within=Attempt.objects.filter(pk=mine.pk)) == []


def test_pair_is_shown_in_pieces_with_the_difference_marked(item: ExamItem, now: datetime) -> None:
    write(SAID, now), write(NEARLY, now)
    (family,) = read_families(alike_families(item, within=Attempt.objects.all()))
    (pair,) = family.pairs
    assert [run.text for run in (*pair.first, *pair.second) if run.differs] in (["三", "几"], ["几", "三"])
    assert (len(family.answers), family.more) == (2, 0)


def test_exactly_the_same_is_shown_once_with_everybody_who_wrote_it(item: ExamItem, now: datetime) -> None:
    same = [write(SAID, now) for _number in range(4)]
    (family,) = read_families(alike_families(item, within=Attempt.objects.all()))
    (group,) = family.same
    assert {answer.attempt for answer in group} == set(same)
    assert (len(family.answers), family.pairs, family.more) == (4, (), 0)


def test_same_wording_stands_in_a_pair_once_with_everybody_who_wrote_it(
    item: ExamItem, now: datetime
) -> None:
    for text in (SAID, SAID, SAID, NEARLY, NEARLY):
        write(text, now)
    (family,) = read_families(alike_families(item, within=Attempt.objects.all()))
    (pair,) = family.pairs
    assert sorted((len(pair.one), len(pair.other))) == [2, 3]
    assert (len(family.answers), family.same, family.more) == (5, (), 0)


def test_paper_that_is_still_being_written_is_not_compared(item: ExamItem, now: datetime) -> None:
    write(SAID, now)
    attempt = start_attempt(person=make_person(), exam_key="base", now=now)
    save(attempt, 1, [SAID], sequence=1, now=now)
    assert alike_pairs(item) == []


def test_pairs_are_kept_until_another_paper_comes(
    item: ExamItem, now: datetime, django_assert_num_queries: Any
) -> None:
    write(SAID, now), write(NEARLY, now)
    with django_assert_num_queries(2):
        assert len(alike_pairs(item)) == 1
    with django_assert_num_queries(1):
        assert len(alike_pairs(item)) == 1
    write(SAID, now)
    with django_assert_num_queries(2):
        assert len(alike_pairs(item)) == 3


def test_likeness_leaves_no_mark_and_no_result_behind(item: ExamItem, now: datetime) -> None:
    write(SAID, now), write(SAID, now)
    before = Mark.objects.count(), Result.objects.count()
    read_families(alike_families(item, within=Attempt.objects.all()))
    assert (Mark.objects.count(), Result.objects.count()) == before

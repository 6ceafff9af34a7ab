"""Quizzes and sittings out of the rows: what that app knows besides questions, as it means it."""

import json
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from assessments.formats.django_quiz.dump import (
    ANSWER,
    CATEGORY,
    ESSAY,
    JUDGED,
    PROGRESS,
    QUESTION,
    QUIZ,
    SITTING,
    USER,
    Dump,
    Key,
    Row,
    key_in,
    text_in,
)
from assessments.formats.usual import TRUE_FALSE

LONGEST_GIVEN = 500
YEARS = range(1970, 9999)
JUDGEMENTS = {each["id"]: each["text"] for each in TRUE_FALSE}


@dataclass(frozen=True)
class Quiz:
    """One quiz. `questions` are names of drafts in the order that app asks them; `limit` is how many of them it asks,
    None for all; `pass_mark` is a percentage, out of range where the row is broken."""

    key: Key
    where: str
    title: str
    description: str
    url: str
    category: str
    questions: tuple[str, ...]
    limit: int | None
    random_order: bool
    answers_at_end: bool
    exam_paper: bool
    single_attempt: bool
    pass_mark: int
    success_text: str
    fail_text: str
    draft: bool


@dataclass(frozen=True)
class Given:
    """What was answered to the question of this name; `right` is None where nobody knows."""

    question: str
    text: str
    right: bool | None


@dataclass(frozen=True)
class Sitting:
    """One sitting. `user` is the username, empty where the dump does not tell whose it is; `user_key` what it tells.

    `score` may lie outside 0 … number of answers where the row is broken. Times may be naive.
    """

    key: Key
    where: str
    quiz: Key
    user: str
    user_key: str
    answers: tuple[Given, ...]
    score: int
    complete: bool
    started_at: datetime | None
    ended_at: datetime | None


def quizzes_in(dump: Dump) -> list[Quiz]:
    """Every quiz, broken rows included: who stores them says what is wrong."""
    asked = _asked(dump)
    return [_quiz(dump, key, row, tuple(asked[key])) for key, row in dump.rows[QUIZ].items()]


def sittings_in(dump: Dump) -> Iterator[Sitting]:
    """Every sitting, complete or not."""
    for key, row in dump.rows[SITTING].items():
        yield _sitting(dump, key, row)


def has_progress(dump: Dump) -> bool:
    """Whether it keeps scores per category, which follow from the sittings."""
    return bool(dump.rows[PROGRESS])


def _asked(dump: Dump) -> dict[Key, list[str]]:
    """Names of questions by quiz: by category, those without one last, and in the order of the dump."""
    places = {key: place for place, key in enumerate(dump.rows[CATEGORY])}
    asked: dict[Key, list[str]] = defaultdict(list)
    rows = sorted(
        dump.rows[QUESTION].items(),
        key=lambda each: places.get(key_in(each[1].get("category")), len(places)),
    )
    for key, row in rows:
        quizzes = row.get("quiz")
        for quiz in quizzes if isinstance(quizzes, list) else ():
            asked[key_in(quiz)].append(str(key))
    return asked


def _quiz(dump: Dump, key: Key, row: Row, questions: tuple[str, ...]) -> Quiz:
    limit = _number(row.get("max_questions"))
    single = row.get("single_attempt") is True
    return Quiz(
        key=key,
        where=f"{QUIZ} {key}",
        title=text_in(row.get("title")),
        description=text_in(row.get("description")),
        url=text_in(row.get("url")),
        category=text_in(dump.row(CATEGORY, row.get("category")).get("category")),
        questions=questions,
        limit=limit if 0 < limit < len(questions) else None,
        random_order=row.get("random_order") is True,
        answers_at_end=row.get("answers_at_end") is True,
        exam_paper=single
        or row.get("exam_paper") is True,  # that app keeps the paper of a single attempt always
        single_attempt=single,
        pass_mark=_number(row.get("pass_mark")),
        success_text=text_in(row.get("success_text")),
        fail_text=text_in(row.get("fail_text")),
        draft=row.get("draft") is True,
    )


def _sitting(dump: Dump, key: Key, row: Row) -> Sitting:
    wrong = {str(each) for each in _numbers(row.get("incorrect_questions"))}
    given = _guesses(row.get("user_answers"))
    user, user_key = _user(dump, row.get("user"))
    return Sitting(
        key=key,
        where=f"{SITTING} {key}",
        quiz=key_in(row.get("quiz")),
        user=user,
        user_key=user_key,
        answers=tuple(
            _given(dump, number, given.get(str(number)), str(number) in wrong)
            for number in _numbers(row.get("question_order"))
        ),
        score=_number(row.get("current_score")),
        complete=row.get("complete") is True,
        started_at=_moment(row.get("start")),
        ended_at=_moment(row.get("end")),
    )


def _user(dump: Dump, value: object) -> tuple[str, str]:
    """Username, and what the row says: a key, or with --natural-foreign the name itself in a list."""
    if isinstance(value, list) and len(value) == 1:
        return text_in(value[0]), text_in(value[0])
    return text_in(dump.row(USER, value).get("username")), str(key_in(value) or "")


def _given(dump: Dump, number: int, guess: Any, is_wrong: bool) -> Given:
    """That app calls every essay wrong until somebody marks it, so of a wrong one nobody knows."""
    text = _guessed(dump, number, guess)
    unknown = not text or (is_wrong and number in dump.rows[ESSAY])
    return Given(str(number), text[:LONGEST_GIVEN], None if unknown else not is_wrong)


def _guessed(dump: Dump, number: int, guess: Any) -> str:
    """The text of the option, the judgement, or the text that was written."""
    text = text_in(str(guess) if isinstance(guess, int) else guess)
    if number in dump.rows[JUDGED]:
        return JUDGEMENTS.get(text.lower(), text)
    if number in dump.rows[ESSAY]:
        return text
    options = _numbers(text)
    return text_in(dump.row(ANSWER, options[0]).get("content")) if options else text


def _guesses(value: object) -> Mapping[str, Any]:
    try:
        guesses = json.loads(value) if isinstance(value, str) else value
    except (ValueError, RecursionError):
        return {}
    return guesses if isinstance(guesses, dict) else {}


def _numbers(value: object) -> list[int]:
    """The whole numbers of a line with commas; what is none is left out."""
    parts = value.split(",") if isinstance(value, str) else ()
    return [int(part) for part in parts if part.strip().isdecimal() and len(part) < 19]


def _number(value: object) -> int:
    return value if isinstance(value, int) and not isinstance(value, bool) else 0


def _moment(value: object) -> datetime | None:
    try:
        moment = datetime.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        return None
    return moment if moment and moment.year in YEARS else None

"""The demo's half year before it is told: pure, the same everywhere, and human."""

from __future__ import annotations

import json
import subprocess
import sys
from collections import defaultdict
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

from assessments.items import item_type
from cms.demo.histories.catalogue import Catalogue, Exam, ExamItem, Lesson, Question
from cms.demo.histories.chance import between, fraction, pick
from cms.demo.histories.hours import EVENING, LUNCH, ZONE, Calendar, Diary
from cms.demo.histories.papers import FAIL, MARGIN, PASS, Paper, fill, is_written, percent, right, wrong
from cms.demo.histories.steps import (
    Confirmed,
    Ended,
    Endorsed,
    Enrolled,
    ErratumAnswered,
    ErratumReported,
    LessonDone,
    Marked,
    Met,
    NameAsked,
    Paired,
    Played,
    Proposed,
    RegradeApproved,
    RegradeProposed,
    Revoked,
    Sat,
    Step,
)
from cms.demo.history import read_history
from cms.demo.pack import read_json, read_questions, read_selfchecks, read_yaml
from simulations.engine.document import parse_text
from simulations.engine.paths import parse_path, play_path

COURSES = ("office-software", "data-analysis", "smart-security", "public-opinion", "renovation-policy")
PACK = Path(settings.BASE_DIR) / "cms" / "demo" / "pack"
QUESTIONS = {
    item["key"]: Question(item["key"], item["type"], item["body"], item["answer"], item["difficulty"])
    for item in [*read_questions(), *read_selfchecks()]
}
WORDS = read_yaml("words.yaml")["answers"]


def pack_catalogue(lessons: int = 3) -> Catalogue:
    """The pack's exams, and courses of so many lessons that all ask the same."""
    check = {"block": QUESTIONS["CHK-SS-01"]}
    told = tuple(Lesson(f"id-{number}", f"lesson-{number}", 9, check) for number in range(lessons))
    exams = {
        each["key"]: Exam(
            each["key"],
            each["minutes"],
            Decimal(each["pass_percent"]),
            tuple(
                ExamItem(QUESTIONS[item["key"]], Decimal(str(item["points"]))) for item in each["questions"]
            ),
        )
        for each in read_json("exams.json")
    }
    return Catalogue(dict.fromkeys([*COURSES, "home-visits"], told), exams)


CATALOGUE = pack_catalogue()
STEPS = read_history(CATALOGUE)


def of(kind: type[Step], steps: list[Step] = STEPS) -> list[Any]:
    return [step for step in steps if isinstance(step, kind)]


# ---- chance and hours


def test_chance_is_the_same_on_every_machine() -> None:
    assert round(fraction("青蓝", 1), 9) == 0.899823029
    assert [between(1, 6, "dice", throw) for throw in range(8)] == [5, 5, 6, 5, 5, 5, 5, 2]
    assert pick("abc", "letter") == "c"


def test_diary_enters_nothing_twice_and_keeps_the_order() -> None:
    calendar = Calendar(date(2026, 6, 1), date(2026, 7, 31), {date(2026, 6, 19)})
    diary, last = Diary("1999-0001", calendar), None
    begun = []
    for number in range(30):
        last = diary.enter(date(2026, 6, 15), 12, "lesson", number, after=last)
        begun.append(last)
    assert begun == sorted(set(begun))
    assert {each.date() for each in begun} & {date(2026, 6, 19), date(2026, 6, 20)} == set()
    assert len(diary.taken) == 30


def test_nobody_sits_an_exam_over_lunch() -> None:
    calendar = Calendar(date(2026, 6, 1), date(2026, 7, 31), ())
    diary = Diary("1999-0001", calendar)
    for number in range(20):
        diary.enter(date(2026, 6, 1), 40, "exam", number)
    assert {part for _day, part in diary.taken} == {EVENING}
    short = Diary("1999-0001", calendar)
    for number in range(20):
        short.enter(date(2026, 6, 1), 10, "lesson", number)
    assert {part for _day, part in short.taken} == {LUNCH, EVENING}


# ---- papers


@pytest.mark.parametrize("key", [key for key, question in QUESTIONS.items() if not is_written(question)])
def test_right_earns_everything_and_wrong_does_not(key: str) -> None:
    question = QUESTIONS[key]
    kind, points = item_type(question.type), Decimal(6)

    def earned(raw: Any) -> Decimal:
        response = kind.clean_response(question.body, raw)
        assert response is not None
        return kind.score(question.body, question.answer, response, points).points

    assert earned(right(question)) == points
    assert all(earned(wrong(question, who)) < points for who in ("甲", "乙", "丙"))


@pytest.mark.parametrize("exam", CATALOGUE.exams.values(), ids=lambda exam: exam.key)
@pytest.mark.parametrize("ability", [0.2, 0.6, 0.95])
def test_paper_comes_out_as_told_whatever_the_ability(exam: Exam, ability: float) -> None:
    told = {
        outcome: fill(exam, WORDS, ability=ability, names=("甲", exam.key), outcome=outcome)
        for outcome in (PASS, FAIL)
    }
    assert percent(told[PASS], exam) >= exam.pass_percent + MARGIN
    assert percent(told[FAIL], exam) < exam.pass_percent - MARGIN
    assert all(set(paper.responses) == {i.question.key for i in exam.items} for paper in told.values())


def test_better_candidates_earn_more() -> None:
    exam = CATALOGUE.exams["base"]

    def mean(ability: float) -> Decimal:
        papers = [fill(exam, WORDS, ability=ability, names=(str(who),)) for who in range(40)]
        return sum((percent(paper, exam) for paper in papers), Decimal(0)) / 40

    assert mean(0.3) + 20 < mean(0.9)


def test_given_answers_stand_while_they_still_are_answers() -> None:
    exam = CATALOGUE.exams["base"]
    given = Paper({"BASE-S-001": "o4", "BASE-M-002": ["o9"], "GONE-001": "o1"})
    paper = fill(exam, WORDS, ability=1, names=("甲",), outcome=PASS, given=given)
    assert paper.responses["BASE-S-001"] == "o4"
    assert paper.responses["BASE-M-002"] != ["o9"]
    assert "GONE-001" not in paper.responses


# ---- the pack's own files


def test_every_run_plays_to_its_end_and_all_endings_are_seen() -> None:
    scenario = parse_text((PACK / "scenarios" / "s1.json").read_text(encoding="utf-8"))
    runs = read_yaml("runs.yaml")["runs"]
    for name, run in runs.items():
        outcome = play_path(scenario, parse_path(run["path"]))
        told = (run["ending"], run["total"], run["passed"])
        assert (outcome.ending, outcome.total, outcome.passed) == told, name
    played = {",".join(step.path) for step in of(Played)}
    assert {run["path"] for run in runs.values()} <= played
    endings = {play_path(scenario, parse_path(path)).ending for path in played}
    assert endings == set(scenario.endings)


def test_journeys_name_people_tracks_and_runs_of_the_pack() -> None:
    plan = read_yaml("tracks.yaml")
    people = {item["staff_number"]: item for item in read_yaml("people.yaml")["people"]}
    runs = read_yaml("runs.yaml")["runs"]
    by_hand = {story["person"] for story in read_yaml("stories.yaml")["learners"]}
    assert set(plan["journeys"]) <= set(people)
    assert set(plan["journeys"]) & by_hand == set()
    for person, journey in plan["journeys"].items():
        assert set(journey.get("tracks", {})) <= set(plan["tracks"]), person
        assert set(journey.get("plays", {})) <= set(runs), person
        begins = [*journey.get("tracks", {}).values(), *journey.get("plays", {}).values()]
        assert min(begins) > max(plan["first_on"], people[person]["joined_on"]), person


def test_written_answers_come_good_fair_and_weak_and_as_short_as_asked() -> None:
    for key, known in WORDS.items():
        assert {each["quality"] for each in known} == {"good", "fair", "weak"}, key
        assert all(each["comments"] for each in known), key
        body = QUESTIONS[key].body if key in QUESTIONS else {}
        for each in known:
            assert len(each.get("text", "")) <= body.get("max_chars", 10_000), key
            for part, text in zip(body.get("parts", ()), each.get("parts", ()), strict=False):
                assert len(text) <= part.get("max_chars", 10_000), (key, part["id"])


# ---- the history


DIGEST = """
import hashlib, os, sys
os.environ["DJANGO_SETTINGS_MODULE"] = "cms.settings.test"
import django
django.setup()
from tests.cms.test_demo_histories import STEPS
print(hashlib.sha256(repr(STEPS).encode()).hexdigest())
"""


def test_history_is_the_same_in_every_process() -> None:
    digests = {
        subprocess.run(
            [sys.executable, "-c", DIGEST],
            cwd=settings.BASE_DIR,
            env={"PYTHONHASHSEED": seed, "PATH": "/usr/bin:/bin"},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    }
    assert len(digests) == 1


def test_history_stays_within_its_half_year() -> None:
    """Only pairings signed on paper go back further."""
    plan = read_yaml("tracks.yaml")
    released_at = datetime.fromisoformat(read_yaml("stories.yaml")["released_at"])
    dated = [step for step in STEPS if not isinstance(step, Paired)]
    assert [step for step in dated if step.at <= released_at] == []
    assert max(step.at for step in STEPS).date() <= plan["last_on"]
    assert all(step.at.tzinfo is not None for step in STEPS)
    assert sorted(STEPS, key=lambda step: step.at) == STEPS


def test_people_learn_over_lunch_and_in_the_evening() -> None:
    by_hand = {story["person"] for story in read_yaml("stories.yaml")["learners"]}
    for step in STEPS:
        if isinstance(step, LessonDone | Sat | Played) and step.person not in by_hand:
            begun = step.opened_at if isinstance(step, LessonDone) else step.started_at
            local = begun.astimezone(ZONE)
            lunch = time(12, 10) <= local.time() and step.at.astimezone(ZONE).time() <= time(13, 30)
            evening = time(18, 59) <= local.time() and step.at.astimezone(ZONE).time() <= time(22, 0)
            assert lunch or evening, step


def test_offices_work_on_working_days() -> None:
    holidays = set(read_yaml("tracks.yaml")["holidays"])
    kinds = Marked | Paired | Ended | NameAsked | Proposed | RegradeApproved | RegradeProposed | Revoked
    official = [step for step in STEPS if isinstance(step, kinds)]
    for step in official:
        local = step.at.astimezone(ZONE)
        assert local.weekday() < 5, step
        assert local.date() not in holidays, step
        assert time(8, 30) <= local.time() <= time(18), step
    assert {step.held_on.weekday() for step in of(Met)} <= set(range(5))


def test_nobody_does_two_things_at_once() -> None:
    spans = defaultdict(list)
    for step in STEPS:
        if isinstance(step, LessonDone):
            spans[step.person].append((step.opened_at, step.at))
        elif isinstance(step, Sat | Played):
            spans[step.person].append((step.started_at, step.at))
    for person, taken in spans.items():
        taken.sort()
        overlaps = [b for a, b in pairwise(taken) if b[0] < a[1]]
        assert overlaps == [], person


def test_exams_come_after_the_courses_that_prepare_for_them() -> None:
    prepares = {
        "base": "data-analysis",
        "smart-security": "smart-security",
        "public-opinion": "public-opinion",
    }
    learnt: dict[tuple[str, str], datetime] = {}
    for step in of(LessonDone):
        learnt[step.person, step.course] = step.at
    for step in of(Sat):
        assert learnt[step.person, prepares[step.exam]] < step.started_at, step


def test_lessons_follow_their_enrolment_in_order() -> None:
    enrolled = {(step.person, step.course): step.at for step in of(Enrolled)}
    assert len(enrolled) == len(of(Enrolled))
    done = defaultdict(list)
    for step in of(LessonDone):
        assert enrolled[step.person, step.course] <= step.opened_at < step.at
        done[step.person, step.course].append(step.lesson)
    assert all(lessons == sorted(lessons) for lessons in done.values())


def test_more_lessons_do_not_move_what_comes_after() -> None:
    """A course that grows is told in the same weeks: certificates stay where they are."""
    longer = read_history(pack_catalogue(lessons=7))
    exams = {(step.person, step.exam, step.number): step.started_at.date() for step in of(Sat)}
    later = {(step.person, step.exam, step.number): step.started_at.date() for step in of(Sat, longer)}
    assert exams.keys() == later.keys()
    moved = [abs(later[key] - exams[key]) for key in exams]
    assert max(moved) <= timedelta(days=7)


def test_sessions_and_endorsements_lie_within_their_pairing() -> None:
    pairings = {step.agreement_no: step for step in of(Paired)}
    ends = {step.agreement_no: step.at for step in of(Ended)}
    met = defaultdict(list)
    for step in [*of(Met), *of(Confirmed), *of(Endorsed)]:
        if step.agreement_no in pairings:
            assert pairings[step.agreement_no].at < step.at
            assert step.at < ends.get(step.agreement_no, datetime.max.replace(tzinfo=ZONE))
        met[step.agreement_no].append(step)
    texts = [step.text for step in of(Met)]
    assert max(texts.count(text) for text in texts) <= 6
    for number in pairings:
        words = [step.text for step in met[number] if isinstance(step, Met)]
        assert len(words) == len(set(words)), number


def test_questions_are_reported_by_who_met_them_and_answered_later() -> None:
    sat = {
        (step.person, item.question.key): step.at
        for step in of(Sat)
        for item in CATALOGUE.exams[step.exam].items
    }
    reported = {(step.person, step.question): step.at for step in of(ErratumReported)}
    answered = {(step.person, step.question): step.at for step in of(ErratumAnswered)}
    assert [report for report, at in reported.items() if at < sat[report]] == []
    assert [report for report, at in answered.items() if at < reported[report]] == []
    assert (len(reported), len(answered)) == (3, 2)


def test_three_tiers_and_one_plus_n() -> None:
    people = {item["staff_number"]: item for item in read_yaml("people.yaml")["people"]}
    pairs = [(people[step.mentor]["tier"], people[step.mentee]["tier"]) for step in of(Paired)]
    assert set(pairs) == {("senior", "backbone"), ("backbone", "new")}
    results = [step.result for step in of(Ended)]
    assert {*results} == {"excellent", "passed", "extended", "dissolved"}


def test_json_of_the_pack_stays_small() -> None:
    """Small data files: what a person can read through in one sitting."""
    sizes = {path.name: len(path.read_text(encoding="utf-8").splitlines()) for path in PACK.glob("*.yaml")}
    assert max(sizes.values()) < 260, json.dumps(sizes)

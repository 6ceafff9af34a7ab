"""The stories told by hand (`pack/stories.yaml`): each time and answer is there; what they leave open is filled in."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from cms.demo.histories.catalogue import Lesson
from cms.demo.histories.hours import DAY
from cms.demo.histories.learning import School, take_lesson
from cms.demo.histories.papers import Paper, fill
from cms.demo.histories.steps import Endorsed, Enrolled, LessonDone, Marked, Played, Sat, Step

Story = Mapping[str, Any]
ABILITY = 0.85


def tell_by_hand(story: Story, school: School) -> Iterator[Step]:
    """What one story says, in no particular order."""
    person = story["person"]
    for course in story.get("courses", ()):
        yield from _study(person, course, school)
    for number, sitting in enumerate(story.get("exams", ()), start=1):
        yield from _sit(person, sitting, _number(story["exams"][:number], sitting["exam"]), school)
    for number, run in enumerate(story.get("scenarios", ()), start=1):
        started_at, finished_at = moment(run["started_at"]), moment(run["finished_at"])
        yield Played(finished_at, person, run["scenario"], number, started_at, tuple(run["path"]))
    for each in story.get("endorsements", ()):
        reached = tuple(each["leaves"])
        yield Endorsed(moment(each["at"]), each["pairing"], each["by"], reached, each["text"])


def moment(text: str) -> datetime:
    """A time as the pack writes it, with its zone."""
    return datetime.fromisoformat(text)


def _number(sittings: Sequence[Story], exam: str) -> int:
    return sum(sitting["exam"] == exam for sitting in sittings)


def _study(person: str, told: Story, school: School) -> Iterator[Step]:
    """The lessons the story dates; with `finished` the others of the course too, one an evening after them."""
    course = told["course"]
    lessons = {lesson.slug: lesson for lesson in school.catalogue.courses.get(course, ())}
    if not lessons:
        return
    last = moment(told["enrolled_at"])
    yield Enrolled(last, person, course)
    dated = {done["lesson"]: moment(done["completed_at"]) for done in told.get("lessons", ())}
    for slug, completed_at in dated.items():
        if slug in lessons:
            yield _complete(person, course, lessons[slug], completed_at, after=last)
            last = completed_at
    for slug, lesson in lessons.items():
        if told.get("finished") and slug not in dated:
            last += DAY
            yield _complete(person, course, lesson, last, after=last - DAY)


def _complete(
    person: str, course: str, lesson: Lesson, completed_at: datetime, after: datetime
) -> LessonDone:
    opened_at = max(after, completed_at - timedelta(minutes=lesson.minutes))
    done = take_lesson(person, course, lesson, opened_at, ABILITY)
    return LessonDone(completed_at, person, course, lesson.id, opened_at, done.checks)


def _sit(person: str, told: Story, number: int, school: School) -> Iterator[Step]:
    exam = school.catalogue.exams.get(told["exam"])
    if exam is None:
        return
    names = (person, exam.key, number)
    marks = {
        key: {criterion: Decimal(str(points)) for criterion, points in mark["criteria"].items()}
        for key, mark in told.get("marks", {}).items()
    }
    paper = fill(
        exam,
        school.words,
        ability=ABILITY,
        names=names,
        outcome=told.get("outcome", ""),
        given=Paper(dict(told["responses"]), marks),
    )
    yield Sat(moment(told["submitted_at"]), *names, moment(told["started_at"]), paper.responses)
    given = told.get("marks") or {}
    for mark in list(given.values())[-1:]:  # whoever marked went through the whole paper
        for key in paper.marks:
            comment = given[key]["comment"] if key in given else paper.comments.get(key, "")
            yield Marked(moment(mark["at"]), *names, key, paper.marks[key], comment, mark["by"])

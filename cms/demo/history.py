"""The half year of the demo: the pack's data files and what is released, put together into one list of dated steps."""

from __future__ import annotations

from collections.abc import Iterator

from assessments.models import ExamItem as PinnedItem
from assessments.models import ExamVersion, QuestionVersion
from cms.demo.histories.catalogue import Catalogue, Exam, ExamItem, Lesson, Question
from cms.demo.histories.certificates import tell_batches
from cms.demo.histories.errata import tell_errata, tell_regrades
from cms.demo.histories.hours import Calendar
from cms.demo.histories.inboxes import read_inboxes
from cms.demo.histories.learning import Learner, School, learn
from cms.demo.histories.pairings import Notes, accompany
from cms.demo.histories.reviews import tell_reviews
from cms.demo.histories.steps import Step
from cms.demo.histories.written import tell_by_hand
from cms.demo.pack import read_yaml
from courses.lessons import newest_version, self_checks
from courses.models import CourseVersion


def read_history(catalogue: Catalogue) -> list[Step]:
    """Every step of everybody, in the order in which it happened."""
    plan = read_yaml("tracks.yaml")
    words = read_yaml("words.yaml")
    calendar = Calendar(plan["first_on"], plan["last_on"], frozenset(plan["holidays"]))
    school = School(
        catalogue=catalogue,
        tracks=plan["tracks"],
        words=words["answers"],
        reflections=words["reflections"],
        runs=read_yaml("runs.yaml")["runs"],
        examiners=plan["examiners"],
        calendar=calendar,
    )
    joined = {each["staff_number"]: each["joined_on"] for each in read_yaml("people.yaml")["people"]}
    steps = [
        *_learning(plan, school),
        *_pairings(calendar),
        *tell_batches(read_yaml("batches.yaml")),
        *tell_errata(read_yaml("errata.yaml")),
        *tell_regrades(read_yaml("regrades.yaml")),
        *tell_reviews(read_yaml("reviews.yaml")),
        *read_inboxes(joined, calendar),
    ]
    return sorted(steps, key=lambda step: step.at)


def read_catalogue() -> Catalogue:
    """The newest releases of all courses and exams, keys included."""
    questions = {
        version.question.key: _question(version)
        for version in QuestionVersion.objects.shown().select_related("question")
    }
    keys = CourseVersion.objects.values_list("key", flat=True).distinct().order_by("key")
    courses = {key: _lessons(key, questions) for key in keys}
    return Catalogue(
        courses, {exam.key: _exam(exam) for exam in ExamVersion.objects.newest().order_by("key")}
    )


def _learning(plan: dict, school: School) -> Iterator[Step]:
    for person, told in plan["journeys"].items():
        learner = Learner(
            person, told["ability"], told.get("tracks", {}), told.get("plays", {}), told.get("moves")
        )
        yield from learn(learner, school)
    for story in read_yaml("stories.yaml")["learners"]:
        yield from tell_by_hand(story, school)


def _pairings(calendar: Calendar) -> Iterator[Step]:
    notes = Notes(**read_yaml("notes.yaml"))
    for told in read_yaml("agreements.yaml")["agreements"]:
        yield from accompany(told, notes, calendar)


def _lessons(course_key: str, questions: dict[str, Question]) -> tuple[Lesson, ...]:
    version = newest_version(course_key)
    if version is None:
        return ()
    return tuple(
        Lesson(
            lesson["id"],
            lesson["slug"],
            lesson["minutes"],
            {block: questions[key] for block, key in self_checks(lesson).items()},
            tuple(block["id"] for block in lesson["blocks"] if block["type"] == "reflection"),
        )
        for lesson in version.content["lessons"]
    )


def _exam(version: ExamVersion) -> Exam:
    items = PinnedItem.objects.filter(exam_version=version).select_related("question_version__question")
    pinned = tuple(
        ExamItem(_question(item.question_version), item.points) for item in items.order_by("number")
    )
    return Exam(version.key, version.minutes, version.pass_percent, pinned)


def _question(version: QuestionVersion) -> Question:
    return Question(version.question.key, version.type, version.body, version.answer, version.difficulty)

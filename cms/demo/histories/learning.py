"""What somebody learns, sits and plays: tracks (`pack/tracks.yaml`) laid into one person's evenings."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Any

from cms.demo.histories.catalogue import Catalogue, Exam, Lesson
from cms.demo.histories.chance import between, fraction, pick
from cms.demo.histories.hours import DAY, Calendar, Diary, in_office
from cms.demo.histories.papers import Paper, Words, fill, is_written, right, wrong
from cms.demo.histories.steps import Enrolled, LessonDone, Marked, Moved, Played, Sat, Step

MINUTES_OF_A_RUN = (34, 56)
WRITES = 0.8
Stage = Mapping[str, Any]


@dataclass(frozen=True)
class Learner:
    """Who learns: staff number, ability 0..1, the day each track begins, runs by day, a move to elsewhere."""

    person: str
    ability: float
    tracks: Mapping[str, date]
    plays: Mapping[str, date]
    moves: Mapping[str, Any] | None


@dataclass(frozen=True)
class School:
    """Everything a learner meets: what there is to learn, tracks, written words, runs, examiners, the half year.

    `words` are answers to written questions (see `papers.fill`), `reflections` texts by course and lesson slug.
    """

    catalogue: Catalogue
    tracks: Mapping[str, Sequence[Stage]]
    words: Words
    reflections: Mapping[str, Sequence[str]]
    runs: Mapping[str, Mapping[str, Any]]
    examiners: Sequence[str]
    calendar: Calendar


def learn(learner: Learner, school: School) -> list[Step]:
    """Everything the learner did within the half year."""
    return [step for step in _Term(learner, school).steps() if school.calendar.covers(step.at)]


def take_lesson(person: str, course: str, lesson: Lesson, opened_at: datetime, ability: float) -> LessonDone:
    """A lesson opened at this moment and completed; some self-checks need a second try."""
    checks = []
    for block, question in lesson.checks.items():
        tries = [right(question)]
        if fraction(person, block, question.key) > ability:
            tries.insert(0, wrong(question, person, block))
        checks.append((block, tuple(tries)))
    done_at = opened_at + timedelta(minutes=lesson.minutes + between(1, 7, person, course, lesson.slug))
    return LessonDone(done_at, person, course, lesson.id, opened_at, tuple(checks))


def mark_paper(sat: Sat, exam: Exam, paper: Paper, school: School) -> Iterator[Marked]:
    """The written answers marked, one to three working days later, by one of the examiners."""
    names = (sat.person, sat.exam, sat.number)
    day = sat.at.date()
    for _day in range(between(1, 3, "marked", *names)):
        day = school.calendar.office_day(day + DAY)
    at = in_office(day, "marked", *names)
    by = school.examiners[between(0, len(school.examiners) - 1, "examiner", *names)]
    written = [item.question.key for item in exam.items if is_written(item.question)]
    for place, key in enumerate(written):
        when = at + place * timedelta(minutes=9)
        yield Marked(when, *names, key, paper.marks[key], paper.comments.get(key, ""), by)


@dataclass
class _Term:
    """One learner's half year, worked out stage by stage. `sittings` counts the sittings of each exam so far."""

    learner: Learner
    school: School
    diary: Diary = field(init=False)
    sittings: dict[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.diary = Diary(self.learner.person, self.school.calendar)

    def steps(self) -> Iterator[Step]:
        for name, begins in _by_day(self.learner.tracks):
            yield from self._track(self.school.tracks[name], begins)
        for number, (run, day) in enumerate(_by_day(self.learner.plays), start=1):
            yield self._play(run, day, number)
        if self.learner.moves:
            yield self._move(self.learner.moves)

    def _track(self, stages: Sequence[Stage], begins: date) -> Iterator[Step]:
        last: datetime | None = None  # a stage begins when the one before is done, marked or not
        for stage in stages:
            for step in (
                self._study(stage, begins, last) if "study" in stage else self._sit(stage, begins, last)
            ):
                last = last if isinstance(step, Marked) else step.at
                yield step

    def _study(self, stage: Stage, begins: date, last: datetime | None) -> Iterator[Step]:
        """The lessons spread over the days of the stage, in order, however many there are."""
        course, (first, end) = stage["study"], stage["days"]
        lessons = self.school.catalogue.courses.get(course, ())
        for place, lesson in enumerate(lessons[: stage.get("lessons")]):
            day = begins + (first + round((end - first) * place / max(1, len(lessons) - 1))) * DAY
            opened_at = self.diary.enter(day, lesson.minutes, course, lesson.slug, after=last)
            if place == 0:
                looked = timedelta(minutes=between(2, 6, self.learner.person, course))
                yield Enrolled(opened_at - looked, self.learner.person, course)
            done = take_lesson(self.learner.person, course, lesson, opened_at, self.learner.ability)
            done = replace(done, written=self._written(course, lesson))
            last = done.at
            yield done

    def _written(self, course: str, lesson: Lesson) -> tuple[tuple[str, str], ...]:
        """Most people write most of the time."""
        texts = self.school.reflections.get(f"{course}/{lesson.slug}") or self.school.reflections["*"]
        names = (self.learner.person, course, lesson.slug)
        return tuple(
            (block, pick(texts, block, *names))
            for block in lesson.reflections
            if fraction("writes", block, *names) < WRITES
        )

    def _sit(self, stage: Stage, begins: date, last: datetime | None) -> Iterator[Step]:
        exam = self.school.catalogue.exams.get(stage["sit"])
        if exam is None:
            return
        person, ability = self.learner.person, self.learner.ability
        day = begins + (stage["day"] + between(0, 2, person, exam.key)) * DAY
        started_at = self.diary.enter(day, exam.minutes, "sit", exam.key, after=last)
        number = self.sittings[exam.key] = self.sittings.get(exam.key, 0) + 1
        names = (person, exam.key, number)
        paper = fill(exam, self.school.words, ability=ability, names=names, outcome=stage.get("outcome", ""))
        used = timedelta(minutes=max(1, round(exam.minutes * (0.55 + 0.35 * fraction(*names)))))
        sat = Sat(started_at + used, *names, started_at, paper.responses)
        yield sat
        if stage.get("marked", True):
            yield from mark_paper(sat, exam, paper, self.school)

    def _play(self, run: str, day: date, number: int) -> Played:
        person, told = self.learner.person, self.school.runs[run]
        started_at = self.diary.enter(day, MINUTES_OF_A_RUN[1], run)
        taken = timedelta(minutes=between(*MINUTES_OF_A_RUN, person, run))
        path = tuple(told["path"].split(","))
        return Played(started_at + taken, person, told["scenario"], number, started_at, path)

    def _move(self, told: Mapping[str, Any]) -> Moved:
        person, day = self.learner.person, told["day"]
        return Moved(in_office(day, person, "moved"), person, told["to"], told["post"], day, told["by"])


def _by_day(planned: Mapping[str, date]) -> list[tuple[str, date]]:
    return sorted(planned.items(), key=lambda each: (each[1], each[0]))

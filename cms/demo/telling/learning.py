"""Courses taken, papers handed in and marked, scenarios played, inboxes read, people who moved."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from assessments import decisions
from assessments.attempts import start_attempt, submit_attempt
from assessments.marking.recording import record_mark
from assessments.models import Attempt, AttemptStatus
from assessments.sittings.saving import save_answer
from cms.demo.histories.steps import Enrolled, InboxRead, LessonDone, Marked, Moved, Played, Sat
from cms.demo.telling.telling import People, tell
from courses.enrolments import enrol
from courses.models import Enrolment, LessonProgress
from courses.progress import answer_check, complete_lesson, open_lesson, reflect
from people.memberships import join
from people.models import Membership, Notice, Organisation, Person
from people.notices import open_notice
from simulations.models import Playthrough
from simulations.playing import choose, start_playthrough


@tell.register
def _enrolled(step: Enrolled, people: People) -> None:
    enrol(person=people[step.person], course_key=step.course, now=step.at)


@tell.register
@transaction.atomic
def _lesson_done(step: LessonDone, people: People) -> None:
    person = people[step.person]
    enrolment = Enrolment.objects.get(person=person, course_key=step.course)
    done = LessonProgress.objects.filter(enrolment=enrolment, lesson_id=step.lesson)
    if done.exclude(completed_at=None).exists():
        return
    open_lesson(enrolment=enrolment, lesson_id=step.lesson, now=step.opened_at)
    tries = [(block, raw) for block, given in step.checks for raw in given]
    for place, (block, raw) in enumerate(tries, start=1):
        now = _between(step.opened_at, step.at, place, len(tries))
        answer_check(enrolment=enrolment, lesson_id=step.lesson, block_id=block, raw=raw, now=now)
    for block, text in step.written:
        reflect(enrolment=enrolment, lesson_id=step.lesson, block_id=block, text=text, now=step.at)
    if complete_lesson(enrolment=enrolment, lesson_id=step.lesson, now=step.at).completed_at == step.at:
        decisions.reconsider(person=person, now=step.at)


@tell.register
@transaction.atomic
def _sat(step: Sat, people: People) -> None:
    person = people[step.person]
    if _sitting(person, step) is not None:
        return
    attempt = start_attempt(person=person, exam_key=step.exam, now=step.started_at)
    slots = dict(
        attempt.answers.order_by("slot").values_list("item__question_version__question__key", "slot")
    )
    for place, (key, slot) in enumerate(slots.items(), start=1):
        if key in step.responses:
            save_answer(
                attempt_id=attempt.pk,
                person=person,
                slot=slot,
                raw=step.responses[key],
                sequence=place,
                now=_between(step.started_at, step.at, place, len(slots)),
            )
    submit_attempt(attempt_id=attempt.pk, by=person, now=step.at)
    decisions.reconsider(person=person, now=step.at)


@tell.register
@transaction.atomic
def _marked(step: Marked, people: People) -> None:
    person = people[step.person]
    attempt = _sitting(person, step)
    if attempt is None or attempt.status != AttemptStatus.MARKING:
        return
    answer = attempt.answers.get(item__question_version__question__key=step.question)
    if not answer.marks.exists():
        record_mark(
            attempt=attempt,
            slot=answer.slot,
            marks=step.marks,
            comment=step.comment,
            by=people[step.by],
            now=step.at,
        )
        decisions.reconsider(person=person, now=step.at)


@tell.register
@transaction.atomic
def _played(step: Played, people: People) -> None:
    person = people[step.person]
    runs = Playthrough.objects.filter(person=person, scenario_key=step.scenario)
    if runs.filter(ordinal=step.number).exists():
        return
    seed = f"{step.person}:{step.number}"
    run = start_playthrough(person=person, scenario_key=step.scenario, now=step.started_at, seed=seed)
    for place, taken in enumerate(step.path, start=1):
        now = _between(step.started_at, step.at, place, len(step.path))
        run = choose(playthrough=run, node=taken[:-1], choice=taken[-1], now=now)
    decisions.reconsider(person=person, now=step.at)


@tell.register
def _inbox_read(step: InboxRead, people: People) -> None:
    new = Notice.objects.filter(recipient=people[step.person], read_at=None, sent_at__lte=step.at)
    for pk in list(new.values_list("pk", flat=True)):
        open_notice(pk=pk, recipient=people[step.person], now=step.at)


@tell.register
@transaction.atomic
def _moved(step: Moved, people: People) -> None:
    person = people[step.person]
    if Membership.objects.filter(person=person, since_on__gte=step.since_on).exists():
        return
    join(
        person=person,
        organisation=Organisation.objects.get(code=step.organisation),
        since_on=step.since_on,
        post=step.post,
        by=people[step.by],
        now=step.at,
    )


def _sitting(person: Person, step: Sat | Marked) -> Attempt | None:
    sittings = Attempt.objects.filter(person=person, exam_key=step.exam).order_by("started_at")
    return sittings[step.number - 1 : step.number].first()


def _between(first: datetime, last: datetime, place: int, places: int) -> datetime:
    """The time of the `place`-th (from 1) of so many things between two moments; the last one at the end."""
    return first + (last - first) * place / places

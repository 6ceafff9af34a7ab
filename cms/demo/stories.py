"""Half a year of learning, told by the product's own operations at the times the pack gives. Telling twice is once."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from assessments.attempts import start_attempt, submit_attempt
from assessments.marking import record_mark
from assessments.models import Attempt, AttemptStatus, SchemeVersion
from assessments.saving import save_answer
from certificates.batches import approve_batch, propose_batch
from certificates.issuing import issue_batch
from certificates.models import Certificate
from certificates.names import ask_confirmation, confirm_name
from cms.demo.lessons import study
from cms.demo.pack import moment
from mentoring.endorsements import endorse
from mentoring.models import Endorsement, Pairing
from mentoring.terms import Judgement
from people.models import Organisation, Person
from simulations.models import Playthrough
from simulations.playing import choose, start_playthrough

Story = Mapping[str, Any]
People = Mapping[str, Person]
DISTRICT = "QH"


def tell_stories(learners: list[Story], people: People) -> None:
    """Everything the learners of the pack did."""
    for story in learners:
        person = people[story["person"]]
        for course in story.get("courses", ()):
            study(person, course)
        for sitting in story.get("exams", ()):
            _sit(person, sitting, people)
        for run in story.get("scenarios", ()):
            _play(person, run)
        for endorsement in story.get("endorsements", ()):
            _endorse(endorsement, people)


def tell_certificates(stories: list[Story], people: People) -> None:
    """The certificates of the pack: proposed, name confirmed, approved, issued."""
    for story in stories:
        _certify(story, people)


def _sit(person: Person, sitting: Story, people: People) -> None:
    started_at, submitted_at = moment(sitting["started_at"]), moment(sitting["submitted_at"])
    attempt = Attempt.objects.filter(person=person, exam_key=sitting["exam"], started_at=started_at).first()
    if attempt is None:
        attempt = start_attempt(person=person, exam_key=sitting["exam"], now=started_at)
    slots = dict(attempt.answers.values_list("item__question_version__question__key", "slot"))
    if attempt.status == AttemptStatus.OPEN:
        _answer(attempt, slots, sitting["responses"], now=submitted_at)
        attempt = submit_attempt(attempt_id=attempt.pk, by=person, now=submitted_at)
    if attempt.status == AttemptStatus.MARKING:
        _mark(attempt, slots, sitting.get("marks", {}), people)


def _answer(attempt: Attempt, slots: Mapping[str, int], responses: Story, *, now: datetime) -> None:
    for sequence, (key, response) in enumerate(responses.items(), start=1):
        save_answer(
            attempt_id=attempt.pk,
            person=attempt.person,
            slot=slots[key],
            raw=response,
            sequence=sequence,
            now=now,
        )


def _mark(attempt: Attempt, slots: Mapping[str, int], marks: Story, people: People) -> None:
    for key, mark in marks.items():
        record_mark(
            attempt=attempt,
            slot=slots[key],
            marks={criterion: Decimal(str(points)) for criterion, points in mark["criteria"].items()},
            comment=mark["comment"],
            by=people[mark["by"]],
            now=moment(mark["at"]),
        )


def _play(person: Person, run: Story) -> None:
    started_at, finished_at = moment(run["started_at"]), moment(run["finished_at"])
    if Playthrough.objects.filter(person=person, started_at=started_at).exclude(finished_at=None).exists():
        return
    playthrough = start_playthrough(person=person, scenario_key=run["scenario"], now=started_at)
    for step in run["path"]:
        node, choice = step[:-1], step[-1]
        playthrough = choose(playthrough=playthrough, node=node, choice=choice, now=finished_at)


def _endorse(story: Story, people: People) -> None:
    pairing, at = Pairing.objects.get(agreement_no=story["pairing"]), moment(story["at"])
    if Endorsement.objects.filter(pairing=pairing, endorsed_at=at).exists():
        return
    goals = pairing.goals.filter(leaf__in=story["leaves"])
    endorse(
        pairing=pairing,
        judgements={goal.pk: Judgement.REACHED for goal in goals},
        text=story["text"],
        by=people[story["by"]],
        now=at,
    )


def _certify(story: Story, people: People) -> None:
    holder = people[story["holder"]]
    scheme = SchemeVersion.objects.filter(key=story["scheme"]).latest("number")
    if Certificate.objects.filter(person=holder, scheme_version__key=scheme.key).exists():
        return
    proposer, proposed_at = people[story["proposed_by"]], moment(story["proposed_at"])
    asked = ask_confirmation(person=holder, scheme_key=scheme.key, by=proposer, now=proposed_at)
    confirm_name(confirmation=asked, by=holder, now=moment(story["name_confirmed_at"]))
    batch = propose_batch(
        scheme=scheme,
        organisation=Organisation.objects.get(code=DISTRICT),
        people=[holder.pk],
        title=f"{proposed_at:%Y-%m}",
        by=proposer,
        now=proposed_at,
    )
    approve_batch(
        batch=batch, count=1, by=people[story["approved_by"]], now=moment(story["approved_at"]), enqueue=False
    )
    issue_batch(batch=batch, clock=lambda: moment(story["issued_at"]))

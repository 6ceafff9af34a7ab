"""Notes in the margin of rehearsals, and homework for the four lists."""

from __future__ import annotations

from cms.demo.histories.steps import HomeworkAnswered, HomeworkWritten, NoteWritten
from cms.demo.telling.telling import People, tell
from simulations.models import ListHomework, Playthrough
from simulations.reviewing.homework import Words, accept_homework, return_homework, submit_homework
from simulations.reviewing.notes import write_note

SCENARIO = "S1"


@tell.register
def _noted(step: NoteWritten, people: People) -> None:
    run = _run(step, people)
    write_note(run=run, step=step.place, text=step.text, by=people[step.by], now=step.at)


@tell.register
def _written(step: HomeworkWritten, people: People) -> None:
    run = _run(step, people)
    if ListHomework.objects.filter(playthrough=run, title=step.title).exists():
        return
    words = Words(step.kind, step.title, step.text, step.place)
    submit_homework(run=run, words=words, by=run.person, now=step.at)


@tell.register
def _answered(step: HomeworkAnswered, people: People) -> None:
    found = ListHomework.objects.select_related("playthrough__version", "person")
    piece = found.filter(playthrough=_run(step, people), title=step.title).first()
    if piece is None:
        return
    by = people[step.by]
    if step.key:
        words = Words(piece.kind, piece.title, piece.text, piece.step)
        accept_homework(homework=piece, key=step.key, words=words, by=by, now=step.at)
    else:
        return_homework(homework=piece, advice=step.advice, by=by, now=step.at)


def _run(step: NoteWritten | HomeworkWritten | HomeworkAnswered, people: People) -> Playthrough:
    runs = Playthrough.objects.select_related("version", "judged_by", "person")
    return runs.get(person=people[step.person], scenario_key=SCENARIO, ordinal=step.number)

"""What stands beside a debrief: rules cited, how others chose, notes, other seats, homework. One reader each."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from library.queries import Cited, cited
from people.accounts import names_of
from people.models import Person
from simulations.engine.play import State
from simulations.engine.scenario import Scenario, Seat
from simulations.models import HomeworkStatus, ListHomework, Playthrough
from simulations.packs.reading import can_read_guide
from simulations.reviewing.cohorts import Cohort, cohort_of
from simulations.reviewing.homework import homework_of
from simulations.reviewing.notes import can_annotate, notes_of
from simulations.scenarios import scenario_of

CHIPS = {
    HomeworkStatus.SUBMITTED: "doing",
    HomeworkStatus.RETURNED: "due",
    HomeworkStatus.ACCEPTED: "done",
}


@dataclass(frozen=True)
class NoteLine:
    """A note as it is read; `name` is "" where its writer was erased, `own` says the reader wrote it."""

    id: UUID
    step: int
    place: str
    text: str
    name: str
    written_at: datetime
    changed_at: datetime | None
    own: bool


@dataclass(frozen=True)
class CitedAt:
    """What one step of the way rests on: the situation's references and those of the choice that was made."""

    step: int
    title: str
    entries: tuple[Cited, ...]


@dataclass(frozen=True)
class HomeworkLine:
    """A piece of homework in a list."""

    homework: ListHomework
    chip: str


@dataclass(frozen=True)
class Margins:
    """Everything beside the debrief of one run. `places` are (step, title) to choose from, 0 being the whole run;
    `may_guide` says the reader may have the facilitator guide."""

    cites: tuple[CitedAt, ...]
    cohort: tuple[Cohort, ...]
    notes: tuple[NoteLine, ...]
    may_write: bool
    may_guide: bool
    places: tuple[tuple[int, str], ...]
    seats: tuple[Seat, ...]
    homework: tuple[HomeworkLine, ...]


def margins_of(run: Playthrough, state: State, *, viewer: Person, now: datetime) -> Margins:
    """The margins of a finished run as this viewer reads them; `state` is the run replayed.

    At most eight queries: two kinds of references, the cohort, notes, their writers, homework, and for somebody
    else's run the reader's scope and duties.
    """
    scenario = scenario_of(run.standing_version)
    own = run.person_id == viewer.pk
    return Margins(
        cites=_cites(scenario, state),
        cohort=cohort_of(run, tuple((step.node, step.choice) for step in state.steps)),
        notes=tuple(_notes(run, scenario, state, viewer)),
        may_write=not own and can_annotate(viewer, run, at=now),
        may_guide=not own and can_read_guide(viewer, at=now),
        places=places_of(scenario, state),
        seats=scenario.seats,
        homework=tuple(HomeworkLine(each, CHIPS[HomeworkStatus(each.status)]) for each in homework_of(run)),
    )


def places_of(scenario: Scenario, state: State) -> tuple[tuple[int, str], ...]:
    """The steps that were made, by number and title."""
    return tuple(
        (number, scenario.nodes[step.node].title) for number, step in enumerate(state.steps, start=1)
    )


def _cites(scenario: Scenario, state: State) -> tuple[CitedAt, ...]:
    """By step, each entry once: where the story first leans on it."""
    refs: list[tuple[int, str, tuple[str, ...]]] = []
    for number, step in enumerate(state.steps, start=1):
        node = scenario.nodes[step.node]
        refs.append((number, node.title, (*node.cites, *node.by_id[step.choice].cites)))
    found = cited(ref for _number, _title, named in refs for ref in named)
    told: set[str] = set()
    lines = []
    for number, title, named in refs:
        fresh = [ref for ref in dict.fromkeys(named) if ref in found and ref not in told]
        told.update(fresh)
        if fresh:
            lines.append(CitedAt(number, title, tuple(found[ref] for ref in fresh)))
    return tuple(lines)


def _notes(run: Playthrough, scenario: Scenario, state: State, viewer: Person) -> Iterable[NoteLine]:
    notes = list(notes_of(run))
    if not notes:
        return
    names = names_of({note.author_id for note in notes})
    places = dict(places_of(scenario, state))
    for note in notes:
        yield NoteLine(
            id=note.pk,
            step=note.step,
            place=places.get(note.step, ""),
            text=note.text,
            name=names.get(note.author_id, ""),
            written_at=note.written_at,
            changed_at=note.changed_at,
            own=note.author_id == viewer.pk,
        )

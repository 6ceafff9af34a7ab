"""Practice from a point: a finished run begun again where it could have gone another way."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from core.errors import Refusal
from people.models import Person
from simulations import queries
from simulations.models import Playthrough, RunStatus, Step


class AnotherRunOpen(Refusal):
    """Another run of the scenario waits to be finished; nothing is ever thrown away for a replay. `run` is that one."""

    code = "another_run_open"

    def __init__(self, run: Playthrough) -> None:
        self.run = run
        super().__init__(_("Another run of this scenario waits where you left it. Finish it first."))


@transaction.atomic
def replay_from(*, run: Playthrough, step: int, by: Person, now: datetime) -> Playthrough:
    """Begin a practice run in which the first `step` choices of one's own finished run are made already.

    It is of the version that the run is judged by, even where a newer one exists, and shows the options in the same
    order. It leaves no evidence (`evidence.record_run`). Asked for again while it is open, it is that one. Raises
    Refusal for somebody else's run, an unfinished one, or a step that leaves nothing to decide; AnotherRunOpen.
    """
    if run.person_id != by.pk or not run.is_finished:
        raise Refusal(_("You can play on from your own finished runs."), code="not_own")
    Person.objects.select_for_update(no_key=True).get(pk=by.pk)
    runs = Playthrough.objects.filter(person=by, scenario_key=run.scenario_key)
    going = runs.filter(status=RunStatus.OPEN).first()
    if going is not None:
        if (going.replay_of_id, going.replayed) == (run.pk, step):
            return going
        raise AnotherRunOpen(going)
    taken = queries.state_of(run).steps
    if not 1 <= step < len(taken):
        raise Refusal(_("There is nothing left to decide after that step."), code="no_such_step")
    fresh = Playthrough.objects.create(
        person=by,
        version=run.standing_version,
        scenario_key=run.scenario_key,
        ordinal=(runs.aggregate(last=Max("ordinal"))["last"] or 0) + 1,
        seed=run.seed,
        replay_of=run,
        replayed=step,
        started_at=now,
    )
    Step.objects.bulk_create(
        Step(playthrough=fresh, index=index, choice=each.choice, node=each.node)
        for index, each in enumerate(taken[:step], start=1)
    )
    return fresh

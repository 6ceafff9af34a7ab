"""我有 5 / 10 / 20 分钟: of everything that could be done, the one thing that fits, and a few others."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.http import HttpRequest

from cms.words import about, together

MINUTES = (5, 10, 20)
USUAL = 10
OTHERS = 3


@dataclass(frozen=True)
class Step:
    """Something that can be done now: what, why, how long it typically takes, and the button that starts it.

    `urgent` goes before everything; what is `begun` goes before what is new. `minutes` 0: the note says it.
    """

    title: str
    note: str
    url: str
    action: str
    minutes: int
    urgent: bool = False
    begun: bool = False

    @property
    def words(self) -> str:
        """Why, and how long."""
        return together(self.note, about(self.minutes))


@dataclass(frozen=True)
class Offer:
    """What is proposed for these minutes: the step to take now and up to three others. Without `fits` nothing was
    short enough and the first one is simply the shortest."""

    minutes: int
    first: Step | None
    others: Sequence[Step]
    fits: bool

    @property
    def steps(self) -> tuple[Step, ...]:
        """All of them, in order."""
        return (self.first, *self.others) if self.first else ()


def minutes_in(request: HttpRequest) -> int:
    """The minutes asked for by `?m=`, one of three."""
    offered = {str(choice): choice for choice in MINUTES}
    return offered.get(request.GET.get("m", ""), USUAL)


def choose(steps: Iterable[Step], *, minutes: int) -> Offer:
    """Urgent ones first, in their order; then what fits, begun before new, the one that fills the minutes best first.
    What takes longer follows if it is begun; something new only where nothing fits, the shortest first."""
    steps = list(steps)
    urgent = [step for step in steps if step.urgent]
    fitting = [step for step in steps if not step.urgent and step.minutes <= minutes]
    longer = [step for step in steps if not step.urgent and step.minutes > minutes]
    fitting.sort(key=lambda step: (not step.begun, -step.minutes))
    fits = bool(urgent or fitting)
    longer.sort(key=lambda step: (step.minutes, not step.begun))
    in_order = [*urgent, *fitting, *(step for step in longer if step.begun or not fits)]
    return Offer(
        minutes=minutes,
        first=in_order[0] if in_order else None,
        others=in_order[1 : 1 + OTHERS],
        fits=fits,
    )

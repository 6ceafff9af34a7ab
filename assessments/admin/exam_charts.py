"""The spread of difficulty between papers as bars."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from assessments.blueprints import Proof, Spread

WIDTH, HEIGHT, GAP = 480, 120, 2


@dataclass(frozen=True)
class ChartBar:
    """One bar in the coordinates of the drawing, and what it stands for: papers at least as hard as `low` and less
    hard than `high`. The lowest `inside` of its height stand for those within the tolerance, the rest is outside."""

    x: int
    y: int
    width: int
    height: int
    low: Decimal
    high: Decimal
    papers: int
    inside: int

    @property
    def above(self) -> int:
        """How much of the height stands for papers outside the tolerance."""
        return self.height - self.inside

    @property
    def inside_y(self) -> int:
        return self.y + self.above


@dataclass(frozen=True)
class Chart:
    """The bars of papers as they are drawn first, before those outside the tolerance are drawn anew."""

    bars: tuple[ChartBar, ...]
    spread: Spread
    width: int = WIDTH
    height: int = HEIGHT


def chart_of(proof: Proof) -> Chart | None:
    """None while there is no paper to draw."""
    if proof.before is None:
        return None
    bars = proof.before.bars
    most = max(bar.papers for bar in bars)
    width = WIDTH // len(bars)
    drawn = []
    for place, bar in enumerate(bars):
        tall = round(HEIGHT * bar.papers / most)
        inside = round(HEIGHT * (bar.papers - bar.outside) / most)
        drawn.append(
            ChartBar(place * width, HEIGHT - tall, width - GAP, tall, bar.low, bar.high, bar.papers, inside)
        )
    return Chart(tuple(drawn), proof.before)

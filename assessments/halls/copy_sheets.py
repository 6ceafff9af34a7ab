"""A question as it stands on paper: boxes to cross, lines to write on, pictures with their letters drawn into them."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from math import ceil

from assessments.items.checking import as_text
from assessments.items.forms import Box, Drawing
from assessments.items.media import media_of
from assessments.items.spots import Spot
from assessments.papers import Place
from assessments.presenting import PresentedItem, present_item
from assessments.wording import from_data

LEAST_LINES, USUAL_LINES, MOST_LINES = 4, 12, 26
CHARACTERS_A_LINE = 22  # as a hand writes them
LETTER = Decimal("0.025")  # the radius of a letter's circle, as a part of the picture's width


@dataclass(frozen=True)
class PrintedSpot:
    """An area and the middle of its letter, in pixels of the picture."""

    spot: Spot
    x: str
    y: str


@dataclass(frozen=True)
class PrintedDrawing:
    """A picture with areas; `radius` is that of the circles around the letters, `thin` the width of a line."""

    drawing: Drawing
    spots: tuple[PrintedSpot, ...]
    radius: str
    thin: str


@dataclass(frozen=True)
class PrintedQuestion:
    """A question on paper. `boxes` are its written parts with as many lines as each is given; `pictures` are (file,
    what it shows); `sounds` says that something has to be played in the room."""

    slot: int
    points_text: str
    rule_note: str
    item: PresentedItem
    template: str
    pictures: tuple[tuple[str, str], ...]
    sounds: bool
    boxes: tuple[tuple[Box, range], ...]
    drawn: PrintedDrawing | None

    @property
    def files(self) -> tuple[str, ...]:
        """The pictures that have to be at hand."""
        own = (self.drawn.drawing.file,) if self.drawn else ()
        return (*own, *(file for file, _alt in self.pictures))


def printed_question(place: Place) -> PrintedQuestion:
    """The question of this place with its options in this paper's order. No query."""
    version = place.item.question_version
    item = present_item(version, order=place.order, disabled=True, sizes={})
    media = media_of(version.body)
    return PrintedQuestion(
        slot=place.slot,
        points_text=as_text(place.item.points),
        rule_note=from_data(place.item.rule),
        item=item,
        template=item.template.replace("assessments/items/", "assessments/copies/print/"),
        pictures=tuple((each.file, each.alt) for each in media if not each.is_sound),
        sounds=any(each.is_sound for each in media),
        boxes=tuple((box, range(lines_for(box))) for box in item.form.boxes),
        drawn=_drawn(item.form.drawing) if item.form.drawing else None,
    )


def _drawn(drawing: Drawing) -> PrintedDrawing:
    radius = drawing.width * LETTER
    return PrintedDrawing(
        drawing,
        tuple(
            PrintedSpot(spot, _pixels(spot.left, drawing.width), _pixels(spot.top, drawing.height))
            for spot in drawing.spots
        ),
        radius=as_text(radius),
        thin=as_text(radius / 10),
    )


def _pixels(percent: str, whole: int) -> str:
    return as_text(Decimal(percent) * whole / 100)


def lines_for(box: Box) -> int:
    """How many lines a hand needs for as much as may be written, and one more for what is crossed out."""
    if box.limit is None:
        return USUAL_LINES
    return min(max(ceil(box.limit / CHARACTERS_A_LINE) + 1, LEAST_LINES), MOST_LINES)

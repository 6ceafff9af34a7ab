"""Areas on a picture: rectangles, circles and polygons in its pixels; what is wrong with them, and how to draw them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from assessments.items.checking import as_decimal, as_text, check_one_of
from assessments.items.problems import Problems
from assessments.items.problems import gettext_noop as _

SHAPES = ("rect", "circle", "poly")
NUMBERS = {"rect": 4, "circle": 3}
LEAST_POINTS = 3
MOST_NUMBERS = 200
HUNDRED = Decimal(100)
TENTH = Decimal("0.1")

Point = tuple[Decimal, Decimal]
Box = tuple[Decimal, Decimal, Decimal, Decimal]
Size = tuple[int | None, int | None]


@dataclass(frozen=True)
class Spot:
    """An area as the page draws it: `numbers` are the attributes of its SVG shape, left and top say in percent of the
    picture where its letter stands."""

    id: str
    shape: str
    numbers: tuple[tuple[str, str], ...]
    left: str
    top: str
    label: str
    text: str
    chosen: bool


def check_shape(problems: Problems, where: str, spot: Mapping[str, Any], size: Size) -> None:
    """Add what is wrong with {shape, coords} on a picture of this width and height, as far as they are known."""
    shape, coords = spot.get("shape"), spot.get("coords")
    if "shape" in spot:
        check_one_of(problems, f"{where}.shape", shape, SHAPES)
    if "coords" not in spot or shape not in SHAPES:
        return
    numbers = numbers_of(coords)
    if numbers is None or not _fits(str(shape), len(numbers)):
        problems.add(
            f"{where}.coords",
            _(
                "Give numbers: rect x1, y1, x2, y2; circle x, y, radius; poly x and y of three corners or more."
            ),
        )
    elif not _has_area(str(shape), numbers):
        problems.add(f"{where}.coords", _("This area is empty."))
    elif not _lies_within(bounds(str(shape), numbers), size):
        problems.add(f"{where}.coords", _("This area reaches beyond the picture."))


def numbers_of(coords: object) -> tuple[Decimal, ...] | None:
    """The numbers of a list, None where it is none. A fraction may have become decimal text when it was frozen."""
    if not isinstance(coords, list) or len(coords) > MOST_NUMBERS:
        return None
    numbers = [as_decimal(each) for each in coords]
    return tuple(each for each in numbers if each is not None) if None not in numbers else None


def _fits(shape: str, count: int) -> bool:
    if shape == "poly":
        return count >= 2 * LEAST_POINTS and count % 2 == 0
    return count == NUMBERS[shape]


def bounds(shape: str, numbers: Sequence[Decimal]) -> Box:
    """The smallest upright box around the area: left, top, right, bottom."""
    if shape == "circle":
        x, y, radius = numbers
        return x - radius, y - radius, x + radius, y + radius
    xs, ys = numbers[::2], numbers[1::2]
    return min(xs), min(ys), max(xs), max(ys)


def _has_area(shape: str, numbers: Sequence[Decimal]) -> bool:
    if shape == "circle":
        return numbers[2] > 0
    if shape == "rect":
        return numbers[0] < numbers[2] and numbers[1] < numbers[3]
    points = corners(numbers)
    return sum(a[0] * b[1] - b[0] * a[1] for a, b in zip(points, (*points[1:], points[0]), strict=True)) != 0


def _lies_within(box: Box, size: Size) -> bool:
    width, height = size
    if box[0] < 0 or box[1] < 0:
        return False
    return (width is None or box[2] <= width) and (height is None or box[3] <= height)


def corners(numbers: Sequence[Decimal]) -> tuple[Point, ...]:
    """x and y in turn as points."""
    return tuple(zip(numbers[::2], numbers[1::2], strict=True))


def drawn(spot: Mapping[str, Any], size: tuple[int, int], *, label: str, chosen: bool) -> Spot:
    """A checked area, ready to be drawn."""
    shape, numbers = str(spot["shape"]), numbers_of(spot["coords"]) or ()
    x, y = _middle(shape, numbers)
    return Spot(
        id=spot["id"],
        shape="polygon" if shape == "poly" else shape,
        numbers=_attributes(shape, numbers),
        left=_percent(x, size[0]),
        top=_percent(y, size[1]),
        label=label,
        text=spot.get("text", ""),
        chosen=chosen,
    )


def _attributes(shape: str, numbers: Sequence[Decimal]) -> tuple[tuple[str, str], ...]:
    if shape == "circle":
        return tuple(zip(("cx", "cy", "r"), map(as_text, numbers), strict=True))
    if shape == "rect":
        x1, y1, x2, y2 = numbers
        return tuple(
            zip(("x", "y", "width", "height"), map(as_text, (x1, y1, x2 - x1, y2 - y1)), strict=True)
        )
    return (("points", " ".join(f"{as_text(x)},{as_text(y)}" for x, y in corners(numbers))),)


def _percent(part: Decimal, whole: int) -> str:
    return as_text((part * HUNDRED / whole).quantize(TENTH))


def _middle(shape: str, numbers: Sequence[Decimal]) -> Point:
    """A point inside the area, near its middle: where its letter stands."""
    left, top, right, bottom = bounds(shape, numbers)
    y = (top + bottom) / 2
    if shape != "poly":
        return (left + right) / 2, y
    return _widest(corners(numbers), y), y


def _widest(points: Sequence[Point], y: Decimal) -> Decimal:
    """The middle of the widest piece that the polygon cuts out of the horizontal line at y."""
    crossed = sorted(
        ax + (y - ay) * (bx - ax) / (by - ay)
        for (ax, ay), (bx, by) in zip(points, (*points[1:], points[0]), strict=True)
        if (ay <= y) != (by <= y)
    )
    pieces = list(zip(crossed[::2], crossed[1::2], strict=False))
    left, right = max(pieces, key=lambda piece: piece[1] - piece[0])
    return (left + right) / 2

"""Interactions in which places of a picture are chosen: hotspot."""

from decimal import Decimal
from fractions import Fraction
from typing import Any

from assessments.formats.qti.asking import Item, NotTaken, Question, right_choices, warn_of_partial
from assessments.formats.qti.declarations import Declared
from assessments.formats.qti.processing import MAP
from assessments.formats.usual import key_number, number_in
from assessments.items.problems import Message
from assessments.items.problems import gettext_noop as _

SHAPES = ("rect", "circle", "poly")
EVEN = Fraction(1, 10_000)  # of the marks, within which two shares are the same


def hotspot(item: Item, interaction: Any) -> Question:
    places = list(interaction.iterchildren("hotspotChoice"))
    ids = {each.get("identifier", ""): f"s{number}" for number, each in enumerate(places, start=1)}
    body: dict[str, Any] = {
        "stem": item.stem({interaction: item.prompt(interaction)}),
        "image": _image(item, interaction),
        "spots": [_spot(f"s{number}", each) for number, each in enumerate(places, start=1)],
    }
    declared = item.response(interaction)
    right = {ids[each] for each in right_choices(declared, ids)}
    correct = [each for each in ids.values() if each in right]
    if not declared.several:
        correct = correct[:1]
    if most := _most(interaction, declared):
        body["most"] = most
    rule = _rule(item, declared, {each: ids[each] in correct for each in ids})
    return Question("hotspot", body, {"rule": rule, "correct": correct}, item.points([declared]))


def _image(item: Item, interaction: Any) -> dict[str, Any]:
    """The picture with its size, which only the item says."""
    found = next(interaction.iter("img", "object"), None)
    if found is None:
        raise NotTaken(Message(_("The picture whose places are chosen cannot be taken.")))
    size = {name: number_in(found.get(name)) for name in ("width", "height")}
    pixels = {name: int(number) for name, number in size.items() if number is not None and number >= 1}
    if len(pixels) < len(size):
        raise NotTaken(Message(_("The item does not say how wide and high its picture is.")))
    image = item.prose.image(found)
    if image is None:
        raise NotTaken(Message(_("The picture whose places are chosen cannot be taken.")))
    return {**image, **pixels}


def _spot(name: str, place: Any) -> dict[str, Any]:
    shape = place.get("shape", "default")
    if shape not in SHAPES:
        raise NotTaken(
            Message(
                _("Places of the shape %(shape)s in a picture are not known here."), {"shape": shape[:30]}
            )
        )
    numbers = [number_in(each) for each in place.get("coords", "").split(",")]
    coords = [key_number(each) for each in numbers if each is not None]
    if len(coords) < len(numbers):
        raise NotTaken(Message(_("Where a place lies in the picture cannot be read.")))
    label = " ".join(place.get("hotspotLabel", "").split())
    return {"id": name, "shape": shape, "coords": coords, **({"text": label} if label else {})}


def _most(interaction: Any, declared: Declared) -> int:
    """How many places may be chosen; 0 for any number."""
    if not declared.several:
        return 1
    said = interaction.get("maxChoices", "0").strip()
    return int(said) if said.isascii() and said.isdigit() and len(said) < 4 else 0


def _rule(item: Item, declared: Declared, right: dict[str, bool]) -> str:
    """Each place for itself where a mapping says so."""
    mapped = declared.mapped
    if item.how(declared) != MAP or mapped is None:
        return "all_or_nothing"
    if not declared.several:
        warn_of_partial(item, declared, declared.correct)
        return "all_or_nothing"
    best = Fraction(mapped.best(several=True) or Decimal(1))
    share = Fraction(1, max(sum(right.values()), 1))
    worths = {each: Fraction(mapped.entries.get(each, mapped.default)) / best for each in right}
    if any(abs(worths[each] - (share if is_right else -share)) > EVEN for each, is_right in right.items()):
        item.prose.warn(_("Here each right place earns the same, and each wrong one takes as much away."))
    return "per_spot"

"""Whose eyes a story is seen with: lenses weigh an outcome as a group would, seats tell it again from one place."""

from types import MappingProxyType

from . import messages as say
from .reading import Place
from .scenario import Lens, Seat
from .vocabulary import Vocabulary


def read_lenses(places: Place, vocabulary: Vocabulary) -> tuple[Lens, ...]:
    """The lenses of a document by key. Each weighs at least one variable or the endings."""
    found: dict[str, Lens] = {}
    for place in places.rows():
        place.allow("key", "name", "weights", "ending_weight", "endings")
        key = place.at("key").name()
        if key in found:
            place.at("key").note(say.NAME_TAKEN, name=f"'{key}'")
        weights = _read_weights(place.at("weights"), vocabulary)
        ending_weight = place.at("ending_weight").whole(0, 10, default=0)
        if not any(weights.values()) and not ending_weight:
            place.at("weights").note(say.EMPTY)
        found[key] = Lens(
            key=key,
            name=place.at("name").text(),
            weights=MappingProxyType(weights),
            ending_weight=ending_weight,
            endings=MappingProxyType(_read_endings(place.at("endings"), vocabulary, bool(ending_weight))),
        )
    return tuple(found.values())


def _read_weights(place: Place, vocabulary: Vocabulary) -> dict[str, int]:
    if place.value is None:
        return {}
    found = {}
    for key, weight in place.entries():
        if key not in vocabulary.variables:
            weight.note(say.UNKNOWN_VARIABLE, name=f"'{key[:40]}'")
        else:
            found[key] = weight.whole(-10, 10, default=0)
    return found


def _read_endings(place: Place, vocabulary: Vocabulary, is_weighed: bool) -> dict[str, int]:
    """0–100 by ending; all of them where endings are weighed at all."""
    if place.value is None and not is_weighed:
        return {}
    place.allow(*vocabulary.ending_ids)
    return {key: place.at(key).whole(0, 100, default=0) for key in vocabulary.ending_ids}


def read_seats(places: Place) -> tuple[Seat, ...]:
    """The seats of a document by key."""
    found: dict[str, Seat] = {}
    for place in places.rows():
        place.allow("key", "name", "intro")
        key = place.at("key").name()
        if key in found:
            place.at("key").note(say.NAME_TAKEN, name=f"'{key}'")
        found[key] = Seat(key, place.at("name").text(), place.at("intro").text())
    return tuple(found.values())

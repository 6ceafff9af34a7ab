"""A draft as a QTI 3.0 assessment item, in the order of elements that the schema asks for."""

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any

from assessments.formats.exchange import Draft
from assessments.formats.qti.composer import NAMESPACE, RESPONSE, Composer, add_mapping, file_name
from assessments.formats.qti.tree import add, child, element, sayable
from assessments.formats.uploads import types_of
from assessments.formats.usual import BLANK_LABEL


def composed(draft: Draft, identifier: str) -> Any:
    """The item. The draft's ids are the identifiers of its choices."""
    root = element(NAMESPACE, "qti-assessment-item")
    for name, value in {
        "identifier": identifier,
        "title": sayable(draft.name) or identifier,
        "adaptive": "false",
        "time-dependent": "false",
    }.items():
        root.set(name, value)
    composer = Composer(draft, identifier, root)
    COMPOSED[draft.type](composer)
    composer.finish()
    return root


def _choice(composer: Composer) -> None:
    body, correct = composer.draft.body, composer.draft.answer["correct"]
    several = composer.draft.type == "multiple"
    rights = correct if several else [correct]
    declaration = composer.declare(RESPONSE, "multiple" if several else "single", "identifier", rights)
    if composer.draft.answer["rule"] == "weighted":
        add_mapping(declaration, _weights(composer), composer.points)
        composer.by_template("map_response")
    else:
        composer.by_match()
    composer.stem()
    stays = composer.draft.type == "true_false" or not body.get("shuffle", True)
    interaction = child(
        composer.body,
        "qti-choice-interaction",
        response_identifier=RESPONSE,
        shuffle="false" if stays else "true",
        max_choices="0" if several else "1",
    )
    _choices(composer, interaction, "qti-simple-choice", body["options"])


def _weights(composer: Composer) -> list[tuple[str, Fraction]]:
    shares = dict(_shares(composer, [each["id"] for each in composer.draft.body["options"]]))
    weights = composer.draft.answer.get("weights", {}).items()
    shares |= {each: Fraction(str(weight)) * composer.points for each, weight in weights}
    return list(shares.items())


def _shares(composer: Composer, ids: Sequence[str]) -> list[tuple[str, Fraction]]:
    """What each choice earns where the right ones earn the same and the wrong ones take as much away."""
    correct = composer.draft.answer["correct"]
    share = composer.points / len(correct)
    return [(each, share if each in correct else -share) for each in ids]


def _choices(
    composer: Composer, parent: Any, name: str, entries: Sequence[Mapping[str, str]], **more: str
) -> None:
    """Each entry as one choice: a text of one line in it, or a paragraph for each line."""
    for each in entries:
        choice = child(parent, name, identifier=each["id"], **more)
        if "\n" in each["text"]:
            composer.paragraphs(choice, each["text"])
        else:
            composer.flow(choice, each["text"])


def _order(composer: Composer) -> None:
    body = composer.draft.body
    composer.declare(RESPONSE, "ordered", "identifier", composer.draft.answer["orders"][0])
    composer.by_match()
    composer.stem()
    interaction = child(composer.body, "qti-order-interaction", response_identifier=RESPONSE, shuffle="true")
    _choices(composer, interaction, "qti-simple-choice", body["options"])


def _match(composer: Composer) -> None:
    body, pairs = composer.draft.body, composer.draft.answer["pairs"]
    values = [f"{each['id']} {pairs[each['id']]}" for each in body["left"]]
    declaration = composer.declare(RESPONSE, "multiple", "directedPair", values)
    worth = composer.points / len(values)
    add_mapping(declaration, [(each, worth) for each in values], composer.points)
    composer.by_template("map_response")
    composer.stem()
    interaction = child(
        composer.body,
        "qti-match-interaction",
        response_identifier=RESPONSE,
        shuffle="true",
        max_associations="0",
    )
    for side, most in (("left", "1"), ("right", "0")):
        held = child(interaction, "qti-simple-match-set")
        _choices(composer, held, "qti-simple-associable-choice", body[side], match_max=most)


def _fill_in(composer: Composer) -> None:
    body, answer = composer.draft.body, composer.draft.answer
    entries = _written(composer, body["blanks"], answer["blanks"], together=answer["rule"] == "all_blanks")
    composer.stem()
    plain = len(entries) == 1 and body["blanks"][0] == {"id": "b1", "label": BLANK_LABEL}
    for blank, entry in zip(body["blanks"], entries.values(), strict=True):
        line = child(composer.body, "p")
        composer.flow(line, "" if plain else f"{blank['label']} ")
        line.append(entry)
        entry.tail = sayable(blank.get("unit", ""))


def _cloze(composer: Composer) -> None:
    body, answer = composer.draft.body, composer.draft.answer
    gaps = _written(composer, body["gaps"], answer["gaps"], together=answer["rule"] == "all_gaps")
    composer.stem()
    for line in body["text"].split("\n"):
        composer.flow(child(composer.body, "p"), line, gaps)


def _written(
    composer: Composer, places: Sequence[Mapping[str, Any]], keys: Mapping[str, Any], *, together: bool
) -> dict[str, Any]:
    """Declare a response for each blank or gap and how it is scored; the interactions, by the place's id."""
    names = {
        each["id"]: RESPONSE if len(places) == 1 else f"{RESPONSE}_{n}" for n, each in enumerate(places, 1)
    }
    worth = composer.points / len(places)
    interactions, mapped, numbers = {}, [], []
    for place in places:
        name, key = names[place["id"]], keys[place["id"]]
        interactions[place["id"]] = _interaction(composer, name, place.get("options"))
        if "value" in key:
            composer.declare(name, "single", "float", [str(key["value"])])
            numbers.append((name, str(key.get("tolerance", 0))))
        else:
            _declare_text(composer, name, key, worth)
            mapped.append(name)
    if together and len(places) > 1:
        tolerances = dict(numbers)
        composer.condition([(name, tolerances.get(name)) for name in names.values()], composer.points)
    else:
        _add_up(composer, mapped, numbers, worth)
    return interactions


def _add_up(
    composer: Composer, mapped: Sequence[str], numbers: Sequence[tuple[str, str]], worth: Fraction
) -> None:
    if [*mapped] == [RESPONSE]:
        composer.by_template("map_response")
        return
    if mapped:
        score = child(composer.processing, "qti-set-outcome-value", identifier="SCORE")
        added = child(score, "qti-sum")
        for name in mapped:
            child(added, "qti-map-response", identifier=name)
    for number in numbers:
        composer.condition([number], worth, added=True)


def _declare_text(composer: Composer, name: str, key: Mapping[str, Any], worth: Fraction) -> None:
    if "correct" in key:
        declaration = composer.declare(name, "single", "identifier", [key["correct"]])
        add_mapping(declaration, [(key["correct"], worth)], worth)
        return
    declaration = composer.declare(name, "single", "string", key["accepted"][:1])
    partial = [(each["text"], Fraction(str(each["share"])) * worth) for each in key.get("partial", ())]
    worths = dict([*reversed(partial), *((text, worth) for text in key["accepted"])])
    add_mapping(declaration, list(worths.items()), worth, case=bool(key.get("case")))


def _interaction(composer: Composer, name: str, options: Sequence[Mapping[str, str]] | None) -> Any:
    """A text entry or a list, standing nowhere yet."""
    tag = "qti-text-entry-interaction" if options is None else "qti-inline-choice-interaction"
    interaction = element(NAMESPACE, tag)
    interaction.set("response-identifier", name)
    if options is not None:
        interaction.set("shuffle", "false")
    for each in options or ():
        composer.flow(child(interaction, "qti-inline-choice", identifier=each["id"]), each["text"])
    return interaction


def _essay(composer: Composer) -> None:
    composer.declare(RESPONSE, "single", "string")
    composer.stem()
    _essay_box(composer, RESPONSE, composer.draft.body)
    _rubric(composer)


def _case(composer: Composer) -> None:
    parts = composer.draft.body["parts"]
    for number in range(1, len(parts) + 1):
        composer.declare(f"{RESPONSE}_{number}", "single", "string")
    composer.stem()
    for number, part in enumerate(parts, start=1):
        box = _essay_box(composer, f"{RESPONSE}_{number}", part)
        add(box, "qti-prompt", part["label"])
    _rubric(composer)


def _essay_box(composer: Composer, name: str, limits: Mapping[str, Any]) -> Any:
    box = child(composer.body, "qti-extended-text-interaction", response_identifier=name)
    if "max_chars" in limits:
        box.set("pattern-mask", rf"[\s\S]{{0,{limits['max_chars']}}}")
    return box


def _upload(composer: Composer) -> None:
    composer.declare(RESPONSE, "single", "file")
    composer.stem()
    child(
        composer.body,
        "qti-upload-interaction",
        response_identifier=RESPONSE,
        type=types_of(composer.draft.body["kinds"]),
    )
    _rubric(composer)


def _hotspot(composer: Composer) -> None:
    body, answer = composer.draft.body, composer.draft.answer
    most = body.get("most", 0)
    cardinality = "single" if most == 1 else "multiple"
    declaration = composer.declare(RESPONSE, cardinality, "identifier", answer["correct"])
    if answer["rule"] == "per_spot":
        add_mapping(declaration, _shares(composer, [each["id"] for each in body["spots"]]), composer.points)
        composer.by_template("map_response")
    else:
        composer.by_match()
    composer.stem()
    interaction = child(
        composer.body, "qti-hotspot-interaction", response_identifier=RESPONSE, max_choices=str(most)
    )
    image = body["image"]
    size = {name: str(image[name]) for name in ("width", "height")}
    source = file_name(composer.identifier, image["file"])
    child(interaction, "img", src=source, alt=image["alt"], **size)
    for spot in body["spots"]:
        told = {"hotspot_label": spot["text"]} if "text" in spot else {}
        child(
            interaction,
            "qti-hotspot-choice",
            identifier=spot["id"],
            shape=spot["shape"],
            coords=",".join(map(str, spot["coords"])),
            **told,
        )


def _rubric(composer: Composer) -> None:
    """What a scorer has to know: the model answer, the criteria and when to take points off."""
    answer = composer.draft.answer
    labels = {each["id"]: each["label"] for each in composer.draft.body.get("parts", ())}
    criteria = [
        f"{labels.get(each.get('part'), '')}{each['text']}（{each['max']}）" for each in answer["criteria"]
    ]
    block = child(composer.body, "qti-rubric-block", use="scoring", view="scorer")
    content = child(block, "qti-content-body")
    for text in [answer.get("sample", ""), *criteria, answer.get("penalty", "")]:
        if text:
            composer.paragraphs(content, text)


COMPOSED = {
    "single": _choice,
    "multiple": _choice,
    "true_false": _choice,
    "ordering": _order,
    "matching": _match,
    "fill_in": _fill_in,
    "cloze": _cloze,
    "short_answer": _essay,
    "case_analysis": _case,
    "file_upload": _upload,
    "hotspot": _hotspot,
}

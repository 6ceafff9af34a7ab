"""Hotspot: areas of a picture are right.

body: {stem, image: {file, alt, width, height}, spots: [{id, shape, coords, text?}], most?}; shape "rect" [x1, y1, x2,
y2], "circle" [x, y, radius] or "poly" [x1, y1, x2, y2, …], in pixels of a picture of this width and height. Areas
carry the letters A, B, C … in stored order, and `text` may say what one is. `most`: how many may be chosen.
key: {rule, correct: [id]}; response: [id] in stored order.

Rules: `all_or_nothing`; and `per_spot`: each right area earns its part, each wrong one takes as much away.
"""

import re
from collections.abc import Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from math import comb
from typing import Any

from assessments.items.authoring import (
    Flag,
    Hidden,
    Number,
    Pick,
    Rows,
    Sheet,
    Text,
    Values,
    Written,
    ids_for,
    number_in,
    rows_in,
    with_common,
)
from assessments.items.base import MISSED, RIGHT, WRONG, ItemType, JSONObject, Response, Score, share_of
from assessments.items.checking import check_count, check_entries, check_fields, check_ids, entry_ids
from assessments.items.choices import clean_ids, expectation
from assessments.items.forms import LETTERS, Drawing, Form, Option
from assessments.items.media import PICTURES, check_alt, check_file
from assessments.items.problems import Message, Problems, refuse_response
from assessments.items.problems import gettext_noop as _
from assessments.items.registry import register
from assessments.items.spots import check_shape, drawn

SPOT_FIELDS, SPOT_OPTIONS = frozenset({"id", "shape", "coords"}), frozenset({"text"})
BETWEEN = re.compile(r"[\s,，、;；]+")
SHAPE = Pick(
    "shape",
    _("Shape"),
    (("rect", Message(_("Rectangle"))), ("circle", Message(_("Circle"))), ("poly", Message(_("Polygon")))),
)
PICTURE = Rows(
    "image",
    _("Picture with the areas"),
    (
        Hidden("file"),
        Hidden("width"),
        Hidden("height"),
        Text("alt", _("What it shows, in words"), _("For whoever cannot see it."), 2),
    ),
    uploads="picture",
)
IMAGE_FIELDS = frozenset({"file", "alt", "width", "height"})


@register
class Hotspot(ItemType):
    code = "hotspot"
    title = _("Hotspot")
    rank = 10
    template = "hotspot"
    rules = {
        "all_or_nothing": _("Only exactly the right choices earn marks."),
        "per_spot": _("Each right area earns its part, each wrong one takes as much away; never below 0."),
    }
    body_fields = frozenset({"stem", "image", "spots"})
    body_options = frozenset({"most"})
    key_fields = frozenset({"rule", "correct"})

    def check_body(self, body: JSONObject, problems: Problems) -> None:
        size = _check_image(problems, body["image"]) if "image" in body else (None, None)
        if "spots" in body:
            _check_spots(problems, body["spots"], size)
        if "most" in body:
            check_count(problems, "body.most", body["most"])

    def check_key(self, body: JSONObject, key: JSONObject, problems: Problems) -> None:
        if "correct" not in key or not check_ids(problems, "key.correct", key["correct"], _ids(body)):
            return
        most = body.get("most")
        if isinstance(most, int) and len(key["correct"]) > most:
            problems.add("key.correct", _("More are right than may be chosen: %(most)s."), most=most)

    def present(self, body: JSONObject, order: Sequence[str]) -> dict[str, Any]:
        image = {name: body["image"][name] for name in sorted(IMAGE_FIELDS)}
        spots = [
            {"id": spot["id"], "shape": spot["shape"], "coords": spot["coords"], "text": spot.get("text", "")}
            for spot in body["spots"]
        ]
        return {
            "type": self.code,
            "stem": body["stem"],
            "image": image,
            "spots": spots,
            "most": body.get("most"),
        }

    def form(self, body: JSONObject, order: Sequence[str], response: Any, name: str) -> Form:
        picked = _picked(response)
        image, size = body["image"], (body["image"]["width"], body["image"]["height"])
        spots = tuple(
            drawn(spot, size, label=label, chosen=spot["id"] in picked)
            for label, spot in zip(LETTERS, body["spots"], strict=False)
        )
        return Form(
            input="radio" if body.get("most") == 1 else "checkbox",
            options=tuple(Option(spot.id, spot.text, spot.label, spot.chosen) for spot in spots),
            drawing=Drawing(image["file"], image["alt"], *size, spots, body.get("most")),
        )

    def clean_response(self, body: JSONObject, raw: object) -> Response:
        chosen = clean_ids(raw, _ids(body))
        most = body.get("most")
        if most is not None and len(chosen) > most:
            refuse_response("response", _("Choose at most %(most)s."), most=most)
        return chosen or None

    def score(self, body: JSONObject, key: JSONObject, response: Response, points: Decimal) -> Score:
        picked, correct = set(response or ()), set(key["correct"])
        detail = {each: RIGHT if each in picked else MISSED for each in key["correct"]}
        detail |= dict.fromkeys(sorted(picked - correct), WRONG)
        share = _worth(key, len(picked & correct), len(picked - correct))
        return Score(share_of(points, share), points, detail=detail)

    def random_guess_score(self, body: JSONObject, key: JSONObject, points: Decimal) -> Decimal | None:
        """Every non-empty set of as many areas as may be chosen equally likely."""
        right, wrong = len(key["correct"]), len(_ids(body)) - len(key["correct"])
        most = min(body.get("most") or right + wrong, right + wrong)
        earned, sets = Fraction(0), 0
        for hits in range(right + 1):
            for slips in range(min(wrong, most - hits) + 1):
                ways = comb(right, hits) * comb(wrong, slips) if 0 < hits + slips <= most else 0
                earned, sets = earned + ways * _worth(key, hits, slips), sets + ways
        return expectation(Fraction(points) * earned / sets)

    def right_responses(self, body: JSONObject, key: JSONObject) -> list[Response]:
        return [[each for each in _ids(body) if each in key["correct"]]]

    def sheet(self) -> Sheet:
        coords = Text(
            "coords",
            _("Where it lies, in pixels"),
            _(
                "Rectangle: two corners, x1, y1, x2, y2; circle: centre and radius; polygon: x and y of each corner."
            ),
        )
        columns = (
            Hidden("id"),
            SHAPE,
            coords,
            Text("text", _("What the area shows")),
            Flag("right", _("Right")),
        )
        areas = Rows("spots", _("Areas"), columns, least=2, numbers="letters")
        most = Number("most", _("How many may be chosen"), _("Empty: as many as one likes."))
        return (PICTURE, areas, most, self.rule_pick())

    def fill(self, body: JSONObject, key: JSONObject) -> dict[str, Any]:
        spots = [
            {
                **{"text": "", **spot},
                "coords": ", ".join(map(str, spot["coords"])),
                "right": spot["id"] in key["correct"],
            }
            for spot in body["spots"]
        ]
        image = {name: str(value) for name, value in body["image"].items()}
        return {"image": [image], "spots": spots, "most": str(body.get("most", "")), "rule": key["rule"]}

    def read(self, values: Values, before: tuple[JSONObject, JSONObject] | None = None) -> Written:
        rows = rows_in(values, "spots")
        ids = ids_for([row.text("id") for row in rows], "s")
        spots = [
            {
                "id": each,
                "shape": row.text("shape"),
                "coords": [number_in(part) for part in BETWEEN.split(row.text("coords")) if part],
                **({"text": row.text("text")} if row.text("text") else {}),
            }
            for each, row in zip(ids, rows, strict=True)
        ]
        most = number_in(str(values.get("most") or ""))
        body = {**_image_in(values), "spots": spots, **({} if most is None else {"most": most})}
        right = [each for each, row in zip(ids, rows, strict=True) if row.flag("right")]
        key = {"rule": str(values.get("rule") or ""), "correct": right}
        places = {f"body.spots[{at}]": row.place for at, row in enumerate(rows)}
        places |= {"body.image": "image.0" if "image" in body else "image", "key.correct": "spots"}
        problems = [] if right else [("spots", Message(_("Mark what is right.")))]
        if "image" not in body:
            problems.append(("image", Message(_("Upload the picture first."))))
        return with_common(Written(body, key, places, tuple(problems)), values, before)

    def summarise(self, body: JSONObject, response: Response) -> str:
        form = self.form(body, (), response, "")
        return "；".join(f"{each.label} {each.text}".strip() for each in form.options if each.chosen)

    def cited(self, body: JSONObject, order: Sequence[str]) -> list[tuple[str, str]]:
        options = self.form(body, order, None, "").options
        return [(each.label, each.text) for each in options if each.text]


def _image_in(values: Values) -> dict[str, Any]:
    """The picture that a form carries: its first row with a file."""
    row = next((row for row in rows_in(values, "image") if row.text("file")), None)
    if row is None:
        return {}
    size = {name: row.number(name) for name in ("width", "height")}
    return {"image": {"file": row.text("file"), "alt": row.text("alt"), **size}}


def _ids(body: JSONObject) -> list[str]:
    return entry_ids(body.get("spots"))


def _picked(response: Any) -> set[str]:
    """What a response, or something posted and refused, picks."""
    posted = [response] if isinstance(response, str) else response
    return {each for each in posted or () if isinstance(each, str)} if isinstance(posted, list) else set()


def _worth(key: JSONObject, hits: int, slips: int) -> Fraction:
    """The share of the marks that so many right and so many wrong areas earn."""
    right = len(key["correct"])
    if key["rule"] == "all_or_nothing":
        return Fraction(hits == right and not slips)
    return max(Fraction(hits - slips, right), Fraction(0))


def _check_image(problems: Problems, image: object) -> tuple[int | None, int | None]:
    """Add what is wrong with {file, alt, width, height}; gives width and height, None where they are not known."""
    fields = check_fields(problems, "body.image", image, IMAGE_FIELDS)
    if "file" in fields:
        check_file(problems, "body.image.file", fields["file"], PICTURES)
    if "alt" in fields:
        check_alt(problems, "body.image.alt", fields["alt"])
    for name in ("width", "height"):
        if name in fields:
            check_count(problems, f"body.image.{name}", fields[name])
    width, height = (_pixels(fields.get(name)) for name in ("width", "height"))
    return width, height


def _pixels(value: object) -> int | None:
    return value if type(value) is int and value > 0 else None


def _check_spots(problems: Problems, spots: object, size: tuple[int | None, int | None]) -> None:
    check_entries(problems, "body.spots", spots, least=2, required=SPOT_FIELDS, optional=SPOT_OPTIONS)
    if not isinstance(spots, list):
        return
    if len(spots) > len(LETTERS):
        problems.add("body.spots", _("Give at most %(most)s."), most=len(LETTERS))
    for number, spot in enumerate(spots):
        if isinstance(spot, Mapping):
            check_shape(problems, f"body.spots[{number}]", spot, size)

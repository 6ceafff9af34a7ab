"""Questions of every type with any words, for round trips through a format."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

from hypothesis import strategies as st

from assessments.formats import Draft, renumbered

# Letters of several scripts, everything that means something in GIFT, XML, CSV, numbered papers, and spaces inside.
LETTERS = "居民电梯加装ABCabc012 ，。：；、（）《》“”—·𬭎é{}=~#:%\\<>&\"'*[]$/|+-@!?.^_`"


def words(most: int = 24) -> st.SearchStrategy[str]:
    """A line of text with something in it, without spaces at its ends or two in a row."""
    return st.text(LETTERS, min_size=1, max_size=most).map(lambda text: " ".join(text.split())).filter(bool)


def paragraphs() -> st.SearchStrategy[str]:
    """One line or a few."""
    return st.lists(words(), min_size=1, max_size=3).map("\n".join)


def entries(least: int, most: int, letter: str) -> st.SearchStrategy[list[dict[str, str]]]:
    """{id, text}, no text twice: some formats know an entry by its text."""
    texts = st.lists(words(), min_size=least, max_size=most, unique_by=str.casefold)
    return texts.map(lambda found: [{"id": f"{letter}{n}", "text": text} for n, text in enumerate(found, 1)])


@st.composite
def media(draw: Any) -> tuple[list[dict[str, str]], dict[str, bytes]]:
    """Pictures and sounds of a body, and their bytes, by names of any letters a name can have."""
    stems = words(12).map(lambda text: re.sub(r"[/\\\\]", "", text) or "x")
    suffix = st.sampled_from([".png", ".jpg", ".JPEG", ".gif", ".webp", ".mp3", ".m4a"])
    names = draw(st.lists(st.builds(str.__add__, stems, suffix), max_size=3, unique=True))
    described = [{"file": name, "alt": draw(words())} for name in names]
    return described, {name: draw(st.binary(min_size=1, max_size=8)) for name in names}


@st.composite
def questions(draw: Any, types: tuple[str, ...], *, shown: bool = False) -> Draft:
    """A draft of one of these types that its type accepts; renumbered; `shown`: perhaps with pictures and sounds."""
    type = draw(st.sampled_from(types))
    body, answer = draw(MAKERS[type])
    files: dict[str, bytes] = {}
    if shown:
        listed, files = draw(media())
        body = {**body, **({"media": listed} if listed else {})}
    if "image" in body and shown:
        files[body["image"]["file"]] = b"PNG"
    return renumbered(
        Draft(
            type=type,
            body={"stem": draw(paragraphs()), **body},
            answer=answer,
            explanation=draw(st.just("") | paragraphs()),
            name=draw(words()),
            category=tuple(draw(st.lists(words(12).filter(lambda text: "/" not in text), max_size=2))),
            tags=tuple(draw(st.lists(words(12), max_size=2, unique=True))),
            points=draw(st.none() | st.integers(1, 40).map(lambda n: Decimal(n) / 2)),
            difficulty=draw(st.none() | st.integers(1, 5)),
            files=files,
        )
    )


@st.composite
def _single(draw: Any) -> Any:
    options = draw(entries(2, 6, "o"))
    return {"options": options}, {"rule": "exact", "correct": draw(st.sampled_from(options))["id"]}


@st.composite
def _multiple(draw: Any) -> Any:
    options = draw(entries(2, 6, "o"))
    ids = [each["id"] for each in options]
    correct = draw(st.lists(st.sampled_from(ids), min_size=1, unique=True))
    rule = draw(st.sampled_from(["social_worker_exam", "all_or_nothing", "weighted"]))
    return {"options": options}, {"rule": rule, "correct": sorted(correct)}


@st.composite
def _true_false(draw: Any) -> Any:
    options = [{"id": "true", "text": "正确"}, {"id": "false", "text": "错误"}]
    return {"options": options}, {"rule": "exact", "correct": draw(st.sampled_from(["true", "false"]))}


@st.composite
def _ordering(draw: Any) -> Any:
    options = draw(entries(2, 6, "o"))
    order = draw(st.permutations([each["id"] for each in options]))
    rule = draw(st.sampled_from(["exact", "adjacent_pair", "longest_run"]))
    return {"options": options}, {"rule": rule, "orders": [list(order)]}


@st.composite
def _matching(draw: Any) -> Any:
    left, right = draw(entries(2, 5, "l")), draw(entries(2, 6, "r"))
    ids = st.sampled_from([each["id"] for each in right])
    return {"left": left, "right": right}, {
        "rule": "per_pair",
        "pairs": {each["id"]: draw(ids) for each in left},
    }


def _blank() -> st.SearchStrategy[dict[str, Any]]:
    number = st.fixed_dictionaries({"value": st.integers(-999, 9999)}, optional={"tolerance": st.just("0.5")})
    text = st.lists(words(12), min_size=1, max_size=3, unique_by=str.casefold)
    return number | st.fixed_dictionaries({"accepted": text})


@st.composite
def _fill_in(draw: Any) -> Any:
    blanks = [{"id": f"b{n}", "label": draw(words(10))} for n in range(1, draw(st.integers(1, 3)) + 1)]
    rule = draw(st.sampled_from(["per_blank", "all_blanks"]))
    return {"blanks": blanks}, {"rule": rule, "blanks": {each["id"]: draw(_blank()) for each in blanks}}


@st.composite
def _cloze(draw: Any) -> Any:
    plain = words(10).map(lambda text: text.replace("[[", "[").replace("]]", "]"))
    text, gaps, keys = draw(plain), [], {}
    for number in range(1, draw(st.integers(1, 3)) + 1):
        gap: dict[str, Any] = {"id": f"g{number}"}
        if draw(st.booleans()):
            gap["options"] = draw(entries(2, 4, "o"))
            keys[gap["id"]] = {"correct": draw(st.sampled_from(gap["options"]))["id"]}
        else:
            keys[gap["id"]] = {
                "accepted": draw(st.lists(words(8), min_size=1, max_size=2, unique_by=str.casefold))
            }
        gaps.append(gap)
        text = f"{text} [[{gap['id']}]] {draw(plain)}"
    rule = draw(st.sampled_from(["per_gap", "all_gaps"]))
    return {"text": text, "gaps": gaps}, {"rule": rule, "gaps": keys}


def _criteria(parts: list[str] | None) -> st.SearchStrategy[list[dict[str, Any]]]:
    one = {"text": words(), "max": st.integers(1, 10)} | ({"part": st.sampled_from(parts)} if parts else {})
    many = st.lists(st.fixed_dictionaries(one), min_size=1, max_size=3)
    return many.map(lambda found: [{"id": f"c{n}", **each} for n, each in enumerate(found, 1)])


@st.composite
def _short_answer(draw: Any) -> Any:
    body = draw(st.fixed_dictionaries({}, optional={"max_chars": st.integers(10, 500)}))
    sample = draw(st.fixed_dictionaries({}, optional={"sample": paragraphs(), "penalty": words()}))
    return body, {"rule": "rubric", "criteria": draw(_criteria(None)), **sample}


@st.composite
def _case_analysis(draw: Any) -> Any:
    parts = [{"id": f"p{n}", "label": f"（{n}）"} for n in range(1, draw(st.integers(1, 3)) + 1)]
    ids = [each["id"] for each in parts]
    return {"parts": parts}, {"rule": "rubric", "criteria": draw(_criteria(ids))}


@st.composite
def _file_upload(draw: Any) -> Any:
    kinds = draw(
        st.lists(st.sampled_from(["picture", "pdf", "document", "sheet", "archive"]), min_size=1, unique=True)
    )
    limits = {"most_files": st.integers(1, 10), "most_mb": st.integers(1, 50)}
    body = {"kinds": kinds, **draw(st.fixed_dictionaries({}, optional=limits))}
    _body, answer = draw(_short_answer())
    return body, answer


def _spot() -> st.SearchStrategy[dict[str, Any]]:
    """An area of a picture of 400 by 300."""
    low, wide, high = st.integers(0, 99), st.integers(200, 400), st.integers(200, 300)
    rect = st.tuples(low, low, wide, high).map(lambda each: ("rect", list(each)))
    circle = st.integers(1, 99).map(lambda radius: ("circle", ["150.5", 150, radius]))
    poly = st.tuples(low, low, wide, low, wide, high).map(lambda each: ("poly", list(each)))
    fields = st.one_of(rect, circle, poly).map(lambda each: {"shape": each[0], "coords": each[1]})
    return st.builds(dict.__or__, fields, st.fixed_dictionaries({}, optional={"text": words(12)}))


@st.composite
def _hotspot(draw: Any) -> Any:
    """Without the picture's bytes: `questions` adds them."""
    spots = [{"id": f"s{n}", **draw(_spot())} for n in range(1, draw(st.integers(2, 5)) + 1)]
    ids = [each["id"] for each in spots]
    correct = sorted(draw(st.lists(st.sampled_from(ids), min_size=1, unique=True)))
    most = draw(st.just({}) | st.integers(len(correct), len(ids)).map(lambda n: {"most": n}))
    image = {"file": "场景.png", "alt": draw(words()), "width": 400, "height": 300}
    rule = draw(st.sampled_from(["all_or_nothing", "per_spot"]))
    return {"image": image, "spots": spots, **most}, {"rule": rule, "correct": correct}


MAKERS: dict[str, st.SearchStrategy[Any]] = {
    "single": _single(),
    "multiple": _multiple(),
    "true_false": _true_false(),
    "ordering": _ordering(),
    "matching": _matching(),
    "fill_in": _fill_in(),
    "cloze": _cloze(),
    "short_answer": _short_answer(),
    "case_analysis": _case_analysis(),
    "file_upload": _file_upload(),
    "hotspot": _hotspot(),
}
IN_TEXT = tuple(type for type in MAKERS if type != "hotspot")  # those that need no picture

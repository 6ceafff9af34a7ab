"""What only our own questions say, in one element `<qinglan>` that Moodle passes over.

Its text is JSON: {seal, type, body, answer, explanation, name, category, tags, points, difficulty, extra, files}, where
`points` is decimal text or null and `files` the names of the `<file>` elements of the stem, in their order. `seal` is
the SHA-256 of the rest of the question as Moodle reads it, and of its category. Somebody who changed the question in
the file broke the seal: then what the file now says in Moodle's words counts, and of the JSON only `difficulty` and
`extra`, which Moodle has no words for.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, NoReturn

from lxml import etree

from assessments.formats.exchange import Draft
from assessments.formats.moodle_xml.texts import number_of

TAG = "qinglan"
UNFIT = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")  # characters XML cannot carry


@dataclass(frozen=True)
class Own:
    """What stood in the element: the draft, whether its seal is whole; no draft when it could not be read."""

    draft: Draft | None
    whole: bool = False


def add_own(question: Any, draft: Draft, category: str) -> None:
    """Put the exact draft into its written question. `category` is the path written before it."""
    facts = {
        "seal": _seal(question, category),
        "type": draft.type,
        "body": draft.body,
        "answer": draft.answer,
        "explanation": draft.explanation,
        "name": draft.name,
        "category": list(draft.category),
        "tags": list(draft.tags),
        "points": None if draft.points is None else str(draft.points),
        "difficulty": draft.difficulty,
        "extra": dict(draft.extra),
        "files": list(draft.files),
    }
    text = UNFIT.sub(lambda found: f"\\u{ord(found[0]):04x}", json.dumps(facts, ensure_ascii=False))
    etree.SubElement(question, TAG).text = etree.CDATA(text)


def find_own(question: Any, category: str, files: list[bytes]) -> Own | None:
    """What we once wrote into this question; None when we did not. `files` are those of its stem."""
    element = question.find(TAG)
    if element is None:
        return None
    try:
        facts = json.loads(element.text or "", parse_constant=_refuse)
        draft = _as_draft(facts, files)
    except (ValueError, KeyError, TypeError, RecursionError):
        return Own(None)
    return Own(draft, whole=facts["seal"] == _seal(question, category))


def _seal(question: Any, category: str) -> str:
    digest = sha256(category.encode("utf-8", "surrogatepass"))
    for each in question.iter(etree.Element):
        if each.tag != TAG:
            text = each.text if each.text and each.text.strip() else ""
            digest.update(
                repr((each.tag, sorted(each.attrib.items()), text)).encode("utf-8", "surrogatepass")
            )
    return digest.hexdigest()


def _as_draft(facts: Any, files: list[bytes]) -> Draft:
    """Raises ValueError, KeyError or TypeError for facts of another shape."""
    if not isinstance(facts, dict):
        raise TypeError("not an object")
    points, difficulty = facts["points"], facts["difficulty"]
    if points is not None and number_of(_text(points)) is None:
        raise ValueError("points")
    if difficulty is not None and (type(difficulty) is not int or not 1 <= difficulty <= 5):
        raise ValueError("difficulty")
    return Draft(
        type=_text(facts["type"]),
        body=_object(facts["body"]),
        answer=_object(facts["answer"]),
        explanation=_text(facts["explanation"]),
        name=_text(facts["name"]),
        category=tuple(map(_text, facts["category"])),
        tags=tuple(map(_text, facts["tags"])),
        points=None if points is None else number_of(points),
        difficulty=difficulty,
        files=dict(zip(map(_text, facts["files"]), files, strict=True)),
        extra=_object(facts["extra"]),
    )


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError("not a text")
    return value


def _object(value: object) -> Mapping[str, Any]:
    if not isinstance(value, dict):
        raise TypeError("not an object")
    return value


def _refuse(constant: str) -> NoReturn:
    raise ValueError(constant)

"""What every format reads and writes: drafts, one by one, so that ten thousand need no more memory than one."""

from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any, BinaryIO, ClassVar

from assessments.items.base import JSONObject
from assessments.items.problems import Message
from assessments.items.types.cloze import GAP

# The lists of a body whose entries have ids, and the letter their ids begin with once they are renumbered.
LISTS = {"options": "o", "left": "l", "right": "r", "blanks": "b", "gaps": "g", "parts": "p", "spots": "s"}


class FileRefused(ValueError):
    """The whole file cannot be read: wrong format, broken, or dangerous. `reason` says what to do."""

    def __init__(self, reason: Message) -> None:
        self.reason = reason
        super().__init__(str(reason))


@dataclass(frozen=True)
class Draft:
    """A question as a file says it: `type`, `body` and `answer` as in `assessments.items`, and what is known besides.

    `name` is what the file calls it. `points` and `difficulty` (1 to 5) are None where the file says nothing.
    `files` are the pictures and sounds that the body names (`media`, and the `image` of a hotspot), by those names, and
    no others. `extra` holds what only our own questions have (key, module, leaves, minutes, as_of, source), as JSON
    values.
    """

    type: str
    body: JSONObject
    answer: JSONObject
    explanation: str = ""
    name: str = ""
    category: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    points: Decimal | None = None
    difficulty: int | None = None
    files: Mapping[str, bytes] = field(default_factory=dict)
    extra: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Found:
    """One question of a file, at `where` (see `formats.usual`). Without a draft it was skipped, and `reason` says why.

    `warnings` tell what the file says and we do not keep.
    """

    where: Message
    draft: Draft | None = None
    reason: Message | None = None
    warnings: tuple[Message, ...] = ()


@dataclass(frozen=True)
class Loss:
    """What a written file does not carry of the draft called `where`; `whole`: it was left out altogether."""

    where: Message
    reason: Message
    whole: bool = False


class Format(ABC):
    """One file format. Stateless. `title` is an English msgid; `suffixes` are those a file of it usually has.

    `carries_media`: a file written in it has the pictures and sounds in it, so that a question read without them has
    none; of the others nothing can be said.
    """

    code: ClassVar[str]
    title: ClassVar[str]
    suffixes: ClassVar[tuple[str, ...]]
    carries_media: ClassVar[bool] = False

    @abstractmethod
    def read(self, source: BinaryIO) -> Iterator[Found]:
        """Every question of the file, in its order. One bad question never loses the rest.

        Drafts have passed the check of their type, and their ids are numbered as by `renumbered`. Raises FileRefused
        when nothing can be read at all, before the first question.
        """

    @abstractmethod
    def write(self, drafts: Iterable[Draft], target: BinaryIO) -> list[Loss]:
        """Write the drafts and tell what the file does not carry. What it carries is read back identical."""


def renumbered(draft: Draft) -> Draft:
    """The same question with ids by position: options o1, o2 …, left l1 …, right r1 …, blanks b1 …, gaps g1 … (and the
    options in a gap o1 …), parts p1 …, spots s1 …, criteria c1 …. The two options of a true/false question keep theirs.

    What a file does not name is numbered so when it is read; two drafts that say the same are then equal.
    """
    if draft.type == "true_false":
        return draft
    body, names = _renamed_body(draft.body)
    answer = _renamed_answer(draft.answer, names)
    return replace(draft, body=body, answer=answer)


def _renamed_body(body: JSONObject) -> tuple[dict[str, Any], dict[str, Any]]:
    """The body with new ids, and old id → new id for every list; for gaps also {old gap id: its options' names}."""
    renamed: dict[str, Any] = dict(body)
    names: dict[str, Any] = {}
    for part, letter in LISTS.items():
        if part in body:
            names[part] = _numbers(body[part], letter)
            renamed[part] = [{**each, "id": names[part][each["id"]]} for each in body[part]]
    if "gaps" in body:
        names["inside"] = {gap["id"]: _numbers(gap.get("options", ()), "o") for gap in body["gaps"]}
        for old, gap in zip(body["gaps"], renamed["gaps"], strict=True):
            inside = names["inside"][old["id"]]
            if "options" in gap:
                gap["options"] = [{**each, "id": inside[each["id"]]} for each in gap["options"]]
        renamed["text"] = GAP.sub(lambda named: f"[[{names['gaps'][named[1]]}]]", body["text"])
    return renamed, names


def _numbers(entries: Iterable[JSONObject], letter: str) -> dict[str, str]:
    return {each["id"]: f"{letter}{number}" for number, each in enumerate(entries, start=1)}


def _renamed_answer(answer: JSONObject, names: Mapping[str, Any]) -> dict[str, Any]:
    renamed: dict[str, Any] = dict(answer)
    options = names.get("options") or names.get("spots") or {}
    correct = answer.get("correct")
    if isinstance(correct, str):
        renamed["correct"] = options[correct]
    elif correct is not None:
        renamed["correct"] = sorted((options[each] for each in correct), key=_place)
    if "weights" in answer:
        renamed["weights"] = {options[each]: weight for each, weight in answer["weights"].items()}
    if "orders" in answer:
        renamed["orders"] = [[options[each] for each in order] for order in answer["orders"]]
    if "pairs" in answer:
        pairs = answer["pairs"].items()
        renamed["pairs"] = {names["left"][each]: names["right"][partner] for each, partner in pairs}
    if "blanks" in answer:
        renamed["blanks"] = {names["blanks"][each]: key for each, key in answer["blanks"].items()}
    if "gaps" in answer:
        renamed["gaps"] = {
            names["gaps"][each]: {**key, "correct": names["inside"][each][key["correct"]]}
            if "correct" in key
            else key
            for each, key in answer["gaps"].items()
        }
    if "criteria" in answer:
        renamed["criteria"] = [
            {**each, "id": f"c{number}"} | ({"part": names["parts"][each["part"]]} if "part" in each else {})
            for number, each in enumerate(answer["criteria"], start=1)
        ]
    return renamed


def _place(name: str) -> int:
    return int(name[1:])

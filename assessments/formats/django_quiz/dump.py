"""The rows of a fixture, whatever else is in it, and the pictures beside it when both come in a zip."""

import json
from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, BinaryIO, TypeAlias

from assessments.formats.encoding import decoded
from assessments.formats.exchange import FileRefused
from assessments.formats.qti.packages import Package, opened
from assessments.items.problems import Message
from assessments.items.problems import gettext_noop as _

QUESTION, CHOICE, ANSWER = "quiz.question", "multichoice.mcquestion", "multichoice.answer"
JUDGED, ESSAY = "true_false.tf_question", "essay.essay_question"
CATEGORY, SUBCATEGORY = "quiz.category", "quiz.subcategory"
QUIZ, SITTING, PROGRESS, USER = "quiz.quiz", "quiz.sitting", "quiz.progress", "auth.user"
KINDS = {CHOICE, JUDGED, ESSAY}
ZIP = b"PK\x03\x04"
MOST_FOLDERS = 8  # of a picture's path, counted from its end

Key: TypeAlias = int | str | None
Row: TypeAlias = Mapping[str, Any]


@dataclass
class Dump:
    """The rows by model and primary key, and the answers of each question in their order.

    `picture` gives the bytes of a figure, None when it is not there; it is None itself when no pictures came along.
    """

    rows: dict[str, dict[Key, Row]] = field(default_factory=lambda: defaultdict(dict))
    answers: dict[Key, list[Row]] = field(default_factory=lambda: defaultdict(list))
    picture: Callable[[str], bytes | None] | None = None

    def row(self, model: str, key: object) -> Row:
        """The row this refers to; an empty one when there is none."""
        return self.rows[model].get(key_in(key), {})


def read_dump(source: BinaryIO) -> Dump:
    """Every row that is one. Raises FileRefused when the file holds no questions of that app, or is dangerous."""
    start = source.read(len(ZIP))
    source.seek(0)
    if start != ZIP:
        return _dump(decoded(source.read()))
    package = opened(source)
    dump = _dump(decoded(_json_of(package)))
    dump.picture = _Pictures(package)
    return dump


def key_in(value: object) -> Key:
    """A primary key; None for what cannot be one."""
    return value if isinstance(value, int | str) and not isinstance(value, bool) else None


def text_in(value: object) -> str:
    """The text without blanks around it and without what a database refuses; empty for what is none."""
    if not isinstance(value, str):
        return ""
    return (
        value.replace("\x00", "").encode(errors="ignore").decode().strip()
    )  # JSON can spell half a character


def _json_of(package: Package) -> bytes:
    names = (name for name in package.entries if name.lower().endswith(".json"))
    name = min(names, key=lambda each: (each.count("/"), each), default="")
    content = package.read(name)
    if content is None:
        raise FileRefused(Message(_("The package holds no JSON file that dumpdata wrote.")))
    return content


def _dump(text: str) -> Dump:
    try:
        rows = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise FileRefused(Message(_("This is no JSON that dumpdata wrote."))) from error
    dump = Dump()
    for row in rows if isinstance(rows, list) else ():
        _add(dump, row)
    if not any(dump.rows[model] for model in KINDS):
        raise FileRefused(
            Message(
                _(
                    "This file holds no questions of django-quiz-app: dumpdata quiz multichoice true_false essay."
                )
            )
        )
    return dump


def _add(dump: Dump, row: object) -> None:
    if not isinstance(row, dict) or not isinstance(row.get("fields"), dict):
        return
    model, key, fields = row.get("model"), key_in(row.get("pk")), row["fields"]
    if not isinstance(model, str) or key is None:
        return
    dump.rows[model][key] = fields
    if model == ANSWER:
        dump.answers[key_in(fields.get("question"))].append(fields)


class _Pictures:
    """The pictures of a package by the end of their path: that app names them below its media folder."""

    def __init__(self, package: Package) -> None:
        self._package = package
        self._names: dict[str, str] = {}
        for name in sorted(package.entries, key=lambda each: (each.count("/"), each)):
            parts = name.split("/")
            for count in range(1, min(len(parts), MOST_FOLDERS) + 1):
                self._names.setdefault("/".join(parts[-count:]), name)

    def __call__(self, figure: str) -> bytes | None:
        return self._package.read(self._names.get(figure, ""))

"""File upload: files are handed in and marked against a rubric.

body: {stem, kinds: [kind], most_files?, most_mb?}, kinds out of "picture", "pdf", "document", "sheet", "archive"; one
file of 10 MB unless the body says otherwise. key: see `assessments.items.rubric`; response: ["<SHA-256>/<name>"].
Whether such a file was handed in for this very answer, only the database can say.
"""

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from assessments.items.authoring import Flag, Number, Sheet, Values, Written, number_in
from assessments.items.base import JSONObject, Response
from assessments.items.forms import Form, HandedIn, Upload
from assessments.items.problems import Problems, refuse_response
from assessments.items.problems import gettext_noop as _
from assessments.items.registry import register
from assessments.items.rubric import RubricType

KINDS = {
    "picture": (".jpg", ".jpeg", ".png", ".webp", ".gif"),
    "pdf": (".pdf",),
    "document": (".docx", ".doc", ".odt", ".pptx", ".ppt", ".odp"),
    "sheet": (".xlsx", ".xls", ".ods"),
    "archive": (".zip", ".7z", ".rar"),
}
TITLES = {
    "picture": _("pictures"),
    "pdf": _("PDF"),
    "document": _("documents (Word, PowerPoint, OpenDocument)"),
    "sheet": _("spreadsheets (Excel, OpenDocument)"),
    "archive": _("packed folders (ZIP, 7Z, RAR)"),
}
MOST_FILES, MOST_MB = 10, 50
USUAL_FILES, USUAL_MB = 1, 10
NAMED = re.compile(r"(?P<sha256>[0-9a-f]{64})/(?P<name>[^/\\\x00-\x1f\x7f]{1,120})")


@register
class FileUpload(RubricType):
    code = "file_upload"
    title = _("File upload")
    rank = 11
    template = "upload"
    body_fields = frozenset({"stem", "kinds"})
    body_options = frozenset({"most_files", "most_mb"})

    def check_body(self, body: JSONObject, problems: Problems) -> None:
        if "kinds" in body:
            _check_kinds(problems, body["kinds"])
        _check_most(problems, "body.most_files", body.get("most_files", USUAL_FILES), MOST_FILES)
        _check_most(problems, "body.most_mb", body.get("most_mb", USUAL_MB), MOST_MB)

    def present(self, body: JSONObject, order: Sequence[str]) -> dict[str, Any]:
        return {
            "type": self.code,
            "stem": body["stem"],
            "kinds": list(body["kinds"]),
            "most_files": most_files(body),
            "most_mb": most_mb(body),
        }

    def form(self, body: JSONObject, order: Sequence[str], response: Any, name: str) -> Form:
        kinds = tuple(each for each in KINDS if each in body["kinds"])
        return Form(
            upload=Upload(
                files=tuple(HandedIn(*each) for each in named_files(response)),
                kinds=tuple(TITLES[kind] for kind in kinds),
                accept=",".join(suffix for kind in kinds for suffix in KINDS[kind]),
                most_files=most_files(body),
                most_mb=most_mb(body),
            )
        )

    def clean_response(self, body: JSONObject, raw: object) -> Response:
        posted = [raw] if isinstance(raw, str) else [] if raw is None else raw
        if not isinstance(posted, list | tuple) or not all(isinstance(each, str) for each in posted):
            refuse_response("response", _("This is not an answer to this question."))
        files = list(dict.fromkeys(each for each in posted if each))
        if len(named_files(files)) < len(files):
            refuse_response("response", _("This is not an answer to this question."))
        if len(files) > most_files(body):
            refuse_response("response", _("Hand in at most %(most)s files."), most=most_files(body))
        return files or None

    def summarise(self, body: JSONObject, response: Response) -> str:
        return "；".join(name for _sha256, name in named_files(response))

    def sheet(self) -> Sheet:
        kinds = tuple(Flag(f"takes_{kind}", title, default=kind == "pdf") for kind, title in TITLES.items())
        files = Number("most_files", _("Files at most"), _("1 to 10; empty: one."))
        size = Number("most_mb", _("MB at most for each"), _("1 to 50; empty: 10."))
        return (*kinds, files, size, *super().sheet())

    def fill(self, body: JSONObject, key: JSONObject) -> dict[str, Any]:
        kinds = {f"takes_{kind}": kind in body["kinds"] for kind in KINDS}
        numbers = {name: str(body.get(name, "")) for name in ("most_files", "most_mb")}
        return {**kinds, **numbers, **super().fill(body, key)}

    def read(self, values: Values, before: tuple[JSONObject, JSONObject] | None = None) -> Written:
        made = super().read(values, before)
        first = f"takes_{next(iter(KINDS))}"  # kinds have a field each: what is wrong with them stands at the first
        return replace(made, places={**made.places, "body.kinds": first})

    def read_body(self, values: Values) -> dict[str, Any]:
        numbers = {name: number_in(str(values.get(name) or "")) for name in ("most_files", "most_mb")}
        kinds = [kind for kind in KINDS if values.get(f"takes_{kind}")]
        return {"kinds": kinds, **{name: number for name, number in numbers.items() if number is not None}}


def most_files(body: JSONObject) -> int:
    """How many files this question takes."""
    return int(body.get("most_files", USUAL_FILES))


def most_mb(body: JSONObject) -> int:
    """How large each of them may be, in MB of 2**20 bytes."""
    return int(body.get("most_mb", USUAL_MB))


def named_files(response: object) -> list[tuple[str, str]]:
    """SHA-256 and name of every file a response names, each once; what names none is left out."""
    found: dict[str, str] = {}
    for each in response if isinstance(response, list | tuple) else ():
        match = NAMED.fullmatch(each) if isinstance(each, str) else None
        if match:
            found.setdefault(match["sha256"], match["name"])
    return list(found.items())


def _check_kinds(problems: Problems, kinds: object) -> None:
    known = isinstance(kinds, list) and bool(kinds) and all(isinstance(each, str) for each in kinds)
    if not known or not set(kinds) <= set(KINDS) or len(set(kinds)) < len(kinds):  # type: ignore[call-overload,arg-type]
        problems.add("body.kinds", _("Choose from: %(known)s."), known=", ".join(KINDS))


def _check_most(problems: Problems, where: str, value: object, most: int) -> None:
    if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= most:
        problems.add(where, _("This must be a whole number from 1 to %(most)s."), most=most)

"""Conditions on forms: rows of pick lists and, beside them, the same as text; either may be filled in.

Without JavaScript whichever was changed counts, the text before the rows. With it `conditions.js` keeps both alike
and says at once what is wrong, asking `ConditionCheck`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404
from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from django.views import View

from simulations.admin.pages import check_author
from simulations.engine.bilingual import Language, Names, names_of, read_condition, write_condition
from simulations.engine.grammar import MAX_LENGTH, ConditionError
from simulations.engine.picking import MOST_ROWS, NOT_HAPPENED, Picked, Row, rows_of, text_of
from simulations.models import ScenarioDraft
from simulations.scenarios import InvalidDocument, read_text
from simulations.wording import told

HOWS = (
    ("", _("has happened")),
    (NOT_HAPPENED, _("has not happened")),
    ("<=", "≤"),
    (">=", "≥"),
    ("<", "<"),
    (">", ">"),
    ("==", "="),
    ("!=", "≠"),
)
COMPARING = ("<=", ">=", "<", ">", "==", "!=")
JOINS = (("and", _("and")), ("or", _("or")))
BLANK = Row("")


@dataclass(frozen=True)
class Picker:
    """What `condition.html` draws: a condition under `name`, as `text` and as rows. See `picker`.

    `was` is the text it had before; `rows` ends in a blank one; `fits` says whether rows can hold it.
    """

    name: str
    text: str
    was: str
    rows: tuple[Row, ...]
    first: str
    fits: bool
    names: Names
    label: str = ""
    url: str = ""
    errors: tuple[str, ...] = ()
    hows: tuple[tuple[str, Any], ...] = field(default=HOWS, repr=False)
    joins: tuple[tuple[str, Any], ...] = field(default=JOINS, repr=False)

    def __str__(self) -> SafeString:
        return render_to_string("simulations/admin/condition.html", {"picker": self})


def picker(
    *, name: str, text: str, names: Names, was: str | None = None, label: str = "", url: str = "",
    errors: tuple[str, ...] = (),
) -> Picker:  # fmt: skip
    """The pick lists and the text of a condition, to be written out in a form.

    `text` may be in either language, also faulty: then it is shown as it is. `was` is what it was before somebody
    typed, if that is something else. `url` is the address of `ConditionCheck` for the draft.
    """
    picked = _picked(text, names)
    rows = picked.rows if picked else ()
    return Picker(
        name=name,
        text=spoken(text, names),
        was=text if was is None else was,
        rows=(*rows, BLANK) if picked else (),
        first=picked.first if picked else "and",
        fits=picked is not None,
        names=names,
        label=label,
        url=url,
        errors=errors,
    )


def _picked(text: str, names: Names) -> Picked | None:
    if not text.strip():
        return Picked(())
    try:
        return rows_of(read_condition(text, names).tree)
    except ConditionError:
        return None


def spoken(text: str, names: Names) -> str:
    """The condition in the reader's language; as it stands where it cannot be read."""
    language: Language = "zh" if (get_language() or "zh").startswith("zh") else "en"
    try:
        return write_condition(read_condition(text, names).tree, names, language) if text.strip() else ""
    except ConditionError:
        return text


def typed_condition(data: Mapping[str, Any], name: str, names: Names) -> str | None:
    """What somebody said by the fields of a `picker`: its text, or its rows where only they were changed.

    In either language and not checked. The very text it `was` where nothing was changed; None where it was not asked.
    """
    if name not in data and f"{name}-0-subject" not in data:
        return None
    text, was = str(data.get(name) or "").strip(), str(data.get(f"{name}-was") or "")
    is_typed = text not in (was, spoken(was, names))
    rows = _read_rows(data, name)
    if is_typed or rows is None:
        return text if is_typed else was or text
    before = _picked(was, names)
    if before is None and not rows.rows:
        return was
    said = text_of(rows, names)
    return was if before is not None and said == text_of(before, names) else said


def _read_rows(data: Mapping[str, Any], name: str) -> Picked | None:
    """The rows that were filled in; None where the form had none."""
    if f"{name}-0-subject" not in data:
        return None
    rows = []
    for place in range(MOST_ROWS):
        subject, how, number, join = (
            str(data.get(f"{name}-{place}-{part}") or "")[:80]
            for part in ("subject", "how", "number", "join")
        )
        if subject:
            rows.append(Row(subject, how, number, "or" if join == "or" else "and"))
    return Picked(tuple(rows), "or" if data.get(f"{name}-first") == "or" else "and")


class ConditionWidget(forms.Widget):
    """A `picker` as a widget. `names` are those of the document."""

    def __init__(self, names: Names, url: str = "") -> None:
        super().__init__()
        self.names = names
        self.url = url

    def value_from_datadict(self, data: Mapping[str, Any], files: Any, name: str) -> str:
        return typed_condition(data, name, self.names) or ""

    def value_omitted_from_data(self, data: Mapping[str, Any], files: Any, name: str) -> bool:
        return typed_condition(data, name, self.names) is None

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        return str(picker(name=name, text=str(value or ""), names=self.names, url=self.url))  # type: ignore[return-value]


class ConditionField(forms.Field):
    """Cleans to the condition's canonical English text, "" for none. `url` is the address of `ConditionCheck`."""

    def __init__(self, names: Names, *, url: str = "", **kwargs: Any) -> None:
        super().__init__(widget=ConditionWidget(names, url), **kwargs)
        self.names = names

    def clean(self, value: Any) -> str:
        """Raises ValidationError that says where the text went wrong and what is expected there."""
        text = str(super().clean(value) or "").strip()
        try:
            return read_condition(text, self.names).text if text else ""
        except ConditionError as error:
            raise forms.ValidationError(told(error.message), code="condition") from error


class ConditionCheck(View):
    """What a condition under way means, for `conditions.js`: {text, canonical, error, first, rows}.

    Posted are the fields of one picker under the name `c`; `by` says which of them somebody touched, rows or text.
    `rows` is null where rows cannot hold it. The names are those of the saved draft.
    """

    http_method_names = ["post"]

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        check_author(request)
        draft = get_object_or_404(ScenarioDraft, pk=pk)
        try:
            names = names_of(read_text(draft.document))
        except InvalidDocument:
            names = names_of({})
        text = str(request.POST.get("c", ""))[: MAX_LENGTH + 1]
        if request.POST.get("by") == "rows":
            text = text_of(_read_rows(request.POST, "c") or Picked(()), names)
        response = JsonResponse(_answer(text, names))
        response["Cache-Control"] = "no-store"
        return response


def _answer(text: str, names: Names) -> dict[str, Any]:
    error = canonical = ""
    try:
        canonical = read_condition(text, names).text if text.strip() else ""
    except ConditionError as wrong:
        error = told(wrong.message)
    picked = _picked(text, names)
    rows = (
        [{"subject": r.subject, "how": r.how, "number": r.number, "join": r.join} for r in picked.rows]
        if picked
        else None
    )
    return {
        "text": spoken(text, names),
        "canonical": canonical,
        "error": error,
        "first": picked.first if picked else "and",
        "rows": rows,
    }

"""The versions of a question: who stored which when, and what changed from one to another."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import TemplateView
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin

from assessments.admin.sheets import whole_sheet
from assessments.bank.comparing import SAME, Span, compare
from assessments.items import item_type
from assessments.items.authoring import Field, Hidden, Pick, Rows, Sheet, Values, written
from assessments.items.checking import as_text
from assessments.items.forms import LETTERS
from assessments.items.media import media_of
from assessments.models import Question, QuestionVersion
from assessments.permissions import can_read_bank, can_read_keys
from assessments.presenting import stored_order
from assessments.wording import in_words
from competencies.framework import leaf_titles
from people.accounts import names_of

Facts = dict[str, str]


@dataclass(frozen=True)
class Change:
    """What became of one field from the older version to the newer."""

    label: str
    spans: tuple[Span, ...]


class VersionsView(WagtailAdminTemplateMixin, TemplateView):
    """The list, and two versions compared field by field; what gives the answer away for authors alone."""

    template_name = "assessments/admin/versions.html"
    page_title = gettext_lazy("Versions")
    header_icon = "history"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not can_read_bank(request.user):
            raise PermissionDenied
        response = super().dispatch(request, *args, **kwargs)
        response["Cache-Control"] = "no-store"
        return response

    @cached_property
    def question(self) -> Question:
        return get_object_or_404(Question, pk=self.kwargs["pk"])

    def get_page_subtitle(self) -> str:
        return str(self.question.key)

    def get_breadcrumbs_items(self) -> list[dict[str, str]]:
        """None: the header of the page's own title is enough."""
        return []

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        listed = list(
            self.question.versions.only(
                "number", "content_hash", "stored_at", "stored_by", "question"
            ).order_by("-number")
        )
        shows_key = can_read_keys(self.request.user)
        old, new = self._chosen([version.number for version in listed])
        pair = self._pair(old, new, shows_key=shows_key)
        return super().get_context_data(
            question=self.question,
            rows=[(version, name) for version, name in zip(listed, _names(listed), strict=True)],
            numbers=[version.number for version in listed],
            old=old,
            new=new,
            changes=changes(*pair, shows_key=shows_key) if len(listed) > 1 else None,
            shows_key=shows_key,
            may_edit=shows_key and bool(item_type(pair[1].type).sheet()),
            **kwargs,
        )

    def _chosen(self, numbers: Sequence[int]) -> tuple[int, int]:
        """The two numbers asked for, else the newest and the one before it. Raises Http404 for one there is none of."""
        asked = [self.request.GET.get(name, "") for name in ("old", "new")]
        usual = (numbers[min(1, len(numbers) - 1)], numbers[0])
        chosen = [
            int(text) if text.isdecimal() else number for text, number in zip(asked, usual, strict=True)
        ]
        if not set(chosen) <= set(numbers):
            raise Http404
        return chosen[0], chosen[1]

    def _pair(self, old: int, new: int, *, shows_key: bool) -> tuple[QuestionVersion, QuestionVersion]:
        versions = self.question.versions.filter(number__in={old, new})
        found = {each.number: each for each in (versions if shows_key else versions.without_key())}
        return found[old], found[new]


def _names(versions: Sequence[QuestionVersion]) -> list[str]:
    names = names_of({version.stored_by_id for version in versions if version.stored_by_id})
    return [names.get(version.stored_by_id, "") if version.stored_by_id else "" for version in versions]


def changes(old: QuestionVersion, new: QuestionVersion, *, shows_key: bool) -> list[Change]:
    """Every field that says something else now. Without `shows_key` nothing is read that gives the answer away."""
    before, after = _facts(old, shows_key=shows_key), _facts(new, shows_key=shows_key)
    labels = dict.fromkeys([*before, *after])
    found = [Change(label, tuple(compare(before.get(label, ""), after.get(label, "")))) for label in labels]
    return [change for change in found if any(span.kind != SAME for span in change.spans)]


def _facts(version: QuestionVersion, *, shows_key: bool) -> Facts:
    """What a version says, by the labels that authors know, each as text with one line for each entry."""
    kind, titles = item_type(version.type), leaf_titles()
    said = _all_said(version) if shows_key and kind.sheet() else _as_shown(version)
    if shows_key:
        said[_("Explanation")] = version.explanation
    return {
        _("Question type"): _(kind.title),
        **said,
        _("Module"): version.module,
        _("Competencies"): "\n".join(
            f"{titles.get(leaf, leaf)} {weight}" for leaf, weight in version.leaves.items()
        ),
        _("Suggested points"): as_text(version.points),
        _("Difficulty, 1 to 5"): str(version.difficulty),
        _("Suggested minutes"): str(version.minutes),
        _("Basis and its date"): version.as_of,
        _("Where it comes from"): version.source,
    }


def _all_said(version: QuestionVersion) -> Facts:
    """Every field of the author's form."""
    kind = item_type(version.type)
    values = written(kind.fill(version.body, version.answer), version.body)
    sheet: Sheet = whole_sheet(version.type)
    return {_(field.label): _told(field, values) for field in sheet if not isinstance(field, Hidden)}


def _told(field: Field | Rows, values: Values) -> str:
    value = values.get(field.name)
    if isinstance(field, Rows):
        return "\n".join(
            " ".join([_row_name(field, at, row), *_cells(field, row)]) for at, row in enumerate(value or ())
        )
    if isinstance(field, Pick):
        return next((in_words(text) for each, text in field.choices if each == value), str(value))
    if field.kind == "flag":
        return _("yes") if value else _("no")
    return str(value or "")


def _row_name(field: Rows, at: int, row: Mapping[str, Any]) -> str:
    if field.numbers == "lasting":
        return f"{row['place']}."
    return f"{LETTERS[at]}." if field.numbers == "letters" and at < len(LETTERS) else f"{at + 1}."


def _cells(field: Rows, row: Mapping[str, Any]) -> Iterator[str]:
    """What a row says, in the order of the form; only its first field goes without a label."""
    shown = [column for column in field.columns if not isinstance(column, Hidden)]
    for column in shown:
        value = row.get(column.name)
        if column.kind == "flag":
            if value:
                yield f"【{_(column.label)}】"
        elif value:
            text = "；".join(str(value).split("\n"))
            yield text if column is shown[0] else f"（{_(column.label)}：{text}）"


def _as_shown(version: QuestionVersion) -> Facts:
    """What candidates see, and nothing else."""
    kind, body = item_type(version.type), version.body
    form = kind.form(body, stored_order(version), None, "shown")
    lines = [f"{option.label} {option.text}".strip() for option in form.options]
    lines += [row.text for row in form.rows]
    lines += [
        f"{option.label} {option.text}"
        for option in (form.rows[0].options if form.rows else ())
        if option.label
    ]
    lines += [" ".join(filter(None, (box.label, box.unit))) for box in form.boxes]
    lines += ["".join(piece if isinstance(piece, str) else f"[{piece.label}]" for piece in form.pieces)]
    return {
        _("What is asked"): body["stem"],
        _("Pictures and sounds"): "\n".join(each.alt or each.file for each in media_of(body)),
        _("As candidates see it"): "\n".join(filter(None, lines)),
    }

"""The settings of a draft that say something else than is usual, in words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from assessments.admin.exam_choices import FEEDBACKS, GRADINGS, LATE, PHASES, SHOWN
from assessments.admin.exam_settings import SettingsForm
from assessments.exams.setting_checks import is_set
from competencies.framework import views

CHOICES: dict[str, list[tuple[Any, Any]]] = {
    "grading": [*GRADINGS],
    "feedback": [*FEEDBACKS],
    "late_answers": [*LATE],
}
# Those the page of a draft tells by itself.
TOLD = frozenset({"title", "module", "summary", "minutes", "pass_percent", "draw", "shuffle", "max_attempts"})
TOLD_TOO = frozenset({"practice", "pass_text", "fail_text"})


def facts_of(definition: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """(what it is about, what is said) for each setting that is not as usual."""
    for name, field in SettingsForm.base_fields.items():
        value = definition.get(name)
        if name not in TOLD | TOLD_TOO and is_set(name, value):
            yield str(field.label), _said(name, value)
    if axes := (definition.get("pass_axes") or {}).get("axes"):
        view = views()[definition["pass_axes"]["view"]]
        needed = [f"{axis.title} {axes[axis.key]}%" for axis in view.axes if axis.key in axes]
        yield _("Competencies that are needed each by itself"), "\n".join(needed)
    if review := definition.get("review"):
        yield _("What candidates see when"), "\n".join(_shown(review))


def _said(name: str, value: Any) -> str:
    if name in CHOICES:
        return str(dict(CHOICES[name])[value])
    if name in ("opens_at", "closes_at"):
        return date_format(timezone.localtime(datetime.fromisoformat(value)), "DATETIME_FORMAT")
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if name == "exposure_cap":
        return f"{value}%"
    return "\n".join(value) if isinstance(value, list) else str(value)


def _shown(review: Mapping[str, list[str]]) -> Iterator[str]:
    for phase, title in PHASES.items():
        if phase in review:
            names = [str(name) for each, name in SHOWN if each in review[phase]]
            yield f"{title}：{'、'.join(names) or _('nothing')}"

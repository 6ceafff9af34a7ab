"""What stands in the way of releasing a definition: every problem at once, each with the field it is about."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from assessments.deciding import problems_in
from assessments.deciding.rules import LEAVES
from assessments.deciding.validating import DEEPEST
from assessments.models import SchemeVersion
from assessments.wording import in_words
from competencies.framework import views
from competencies.models import Subject

TITLE_LENGTH = SchemeVersion._meta.get_field("title").max_length or 80


@dataclass(frozen=True)
class FieldProblem:
    """`where` reads like `rule.rules[1].mark`, or `scheme` for the whole; `text` is a sentence for the author."""

    where: str
    text: str


def problems_of(definition: object) -> tuple[FieldProblem, ...]:
    """Everything that `release_scheme` would refuse, in the order of the fields; empty when it can be released.

    Takes whatever a draft may hold. One query.
    """
    shape = [FieldProblem(where, in_words(message)) for where, message in problems_in(definition)]
    if not isinstance(definition, Mapping):
        return tuple(shape)
    named = {problem.where for problem in shape}
    site = [*_head(definition), *_subjects(definition)]
    return (*shape, *(problem for problem in site if problem.where not in named))


def unknown_subjects(definition: Mapping[str, Any]) -> list[tuple[str, str]]:
    """(field, "kind key") of every rule about something that was never released or registered. One query."""
    asked = list(_asked(definition.get("rule"), "rule", 1))
    known = set(Subject.objects.filter(key__in=[key for *_at, key in asked]).values_list("kind", "key"))
    keys = {key for _kind, key in known}
    return [
        (where, f"{kind} {key}".strip())
        for where, kind, key in asked
        if (kind and (kind, key) not in known) or (not kind and key not in keys)
    ]


def _head(definition: Mapping[str, Any]) -> Iterator[FieldProblem]:
    view, title = definition.get("view"), definition.get("title")
    if "view" in definition and (not isinstance(view, str) or view not in views()):
        yield FieldProblem("view", _("There is no view %(view)s.") % {"view": view})
    if isinstance(title, str) and len(title) > TITLE_LENGTH:
        yield FieldProblem(
            "title", _("The text is longer than %(most)s characters.") % {"most": TITLE_LENGTH}
        )


def _subjects(definition: Mapping[str, Any]) -> Iterator[FieldProblem]:
    for where, subject in unknown_subjects(definition):
        text = _("Release this first, or choose another: %(subject)s.") % {"subject": subject}
        yield FieldProblem(where, text)


def _asked(rule: object, where: str, depth: int) -> Iterator[tuple[str, str, str]]:
    """(field, kind, key) of every subject a rule names, as far as the tree can be read."""
    if not isinstance(rule, Mapping) or depth > DEEPEST:
        return
    kind, subject = rule.get("kind"), rule.get("subject")
    if isinstance(kind, str) and kind in LEAVES and isinstance(subject, str) and subject:
        about = rule.get("subject_kind", LEAVES[kind].subject_kind)
        yield f"{where}.subject", about if isinstance(about, str) else "", subject
    inside = rule.get("rules")
    for number, each in enumerate(inside if isinstance(inside, list) else ()):
        yield from _asked(each, f"{where}.rules[{number}]", depth + 1)

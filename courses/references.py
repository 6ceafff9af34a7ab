"""What lessons name by key and other rooms own: questions of the bank, simulations, exams."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from assessments.items import item_type
from assessments.models import QuestionVersion
from competencies.models import Subject, SubjectKind

SUBJECT_KINDS = {"scenario": SubjectKind.SCENARIO, "exam": SubjectKind.EXAM}
UNKNOWN = {
    "question": gettext_noop("The bank has no question “%(key)s”."),
    "scenario": gettext_noop("No simulation “%(key)s” has been released."),
    "exam": gettext_noop("No exam “%(key)s” has been released."),
}


@dataclass(frozen=True, order=True)
class Reference:
    """A block's claim that something exists: `kind` is question, scenario or exam."""

    kind: str
    key: str


def reference_of(block_type: str, value: Mapping[str, str]) -> Reference | None:
    """What a frozen block refers to, if it refers to anything."""
    if block_type == "self_check":
        return Reference("question", value["question"])
    return Reference(block_type, value["key"]) if block_type in SUBJECT_KINDS else None


def broken_references(references: Iterable[Reference]) -> dict[Reference, str]:
    """Why each unusable reference is unusable; usable ones are absent. Two queries."""
    wanted = set(references)
    types = _question_types({each.key for each in wanted if each.kind == "question"})
    subjects = subjects_of(wanted)
    broken = {}
    for each in wanted:
        if each.kind == "question" and each.key in types:
            if item_type(types[each.key]).marked_by_person:
                broken[each] = _("“%(key)s” is marked by a person: a self-check answers at once.") % {
                    "key": each.key
                }
        elif each not in subjects:
            broken[each] = _(UNKNOWN[each.kind]) % {"key": each.key}
    return broken


def subjects_of(references: Iterable[Reference]) -> dict[Reference, Subject]:
    """The released simulations and exams among the references. One query, none without such references."""
    wanted = {each for each in references if each.kind in SUBJECT_KINDS}
    if not wanted:
        return {}
    kinds = {kind.value: name for name, kind in SUBJECT_KINDS.items()}
    found = Subject.objects.filter(kind__in=kinds, key__in={each.key for each in wanted})
    subjects = {Reference(kinds[subject.kind], subject.key): subject for subject in found}
    return {each: subjects[each] for each in wanted if each in subjects}


def _question_types(keys: set[str]) -> dict[str, str]:
    shown = QuestionVersion.objects.shown().filter(question__key__in=keys)
    return dict(shown.values_list("question__key", "type"))

"""Exam drafts: definitions on their way to a release. Questions are reviewed first, so a draft may wait for them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import Enum
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from assessments.exams.definitions import OPTIONAL, check_definition, is_set
from assessments.exams.releasing import release_exam
from assessments.freezing import exact
from assessments.items.checking import as_text
from assessments.models import ExamDraft, ExamVersion
from core import audit
from core.errors import Refusal
from core.hashing import content_hash
from people.models import Person, Role
from people.roles import check_role


class DraftFate(Enum):
    """What storing a definition does: makes a draft, finds it there, or leaves another one of that key alone."""

    NEW = "new"
    SAME = "same"
    KEPT = "kept"


@dataclass(frozen=True)
class Comparison:
    """A definition beside the draft of its key; `differs` names the fields in which a kept draft says otherwise."""

    fate: DraftFate
    differs: tuple[str, ...] = ()


def compare_draft(definition: Mapping[str, Any]) -> Comparison:
    """What `store_exam_draft` would do with this definition. Raises Refusal when it is none. One query."""
    check_definition(definition)
    return _compared(exact(dict(definition)), ExamDraft.objects.filter(key=definition["key"]).first())


def store_exam_draft(
    *, definition: Mapping[str, Any], source: str, by: Person | None, now: datetime
) -> Comparison:
    """Keep a definition as a draft; `source` says where it came from.

    A draft of that key that says something else stays as it is: somebody may have changed it since, and the caller is
    told in what. Raises Refusal for a definition that could never be released, NotAllowed for somebody who is not an
    author.
    """
    if by:
        check_role(by, Role.AUTHOR, on=timezone.localdate(now))
    check_definition(definition)
    content = exact(dict(definition))
    with transaction.atomic():
        draft, created = ExamDraft.objects.get_or_create(
            key=content["key"],
            defaults={
                "title": content["title"],
                "definition": content,
                "source": source[:200],
                "stored_at": now,
                "stored_by": by,
            },
        )
        if not created:
            return _compared(content, draft)
        _record("exam_draft.stored", draft.key, content, by, now)
    return Comparison(DraftFate.NEW)


def begin_exam_draft(
    *, key: str, title: str, minutes: int, pass_percent: Decimal, by: Person | None, now: datetime
) -> ExamDraft:
    """A draft from nothing; its sections and settings come after.

    Raises Refusal for a faulty field and for a key that has a draft already, NotAllowed for somebody who is not an
    author.
    """
    definition = {
        "key": key,
        "title": title,
        "minutes": minutes,
        "pass_percent": as_text(pass_percent),
        "sections": [],
    }
    if by:
        check_role(by, Role.AUTHOR, on=timezone.localdate(now))
    check_definition(definition, unfinished=True)
    with transaction.atomic():
        draft, created = ExamDraft.objects.get_or_create(
            key=key, defaults={"title": title, "definition": definition, "stored_at": now, "stored_by": by}
        )
        if not created:
            raise Refusal(
                _("There is a draft of this key already. Open it, or choose another key."), code="taken"
            )
        _record("exam_draft.stored", key, definition, by, now)
    return draft


def change_exam_draft(
    *, draft: ExamDraft, changes: Mapping[str, Any], by: Person | None, now: datetime
) -> ExamDraft:
    """Say something else in these fields of the draft's definition; what says no more than is usual is left out of it,
    and `sections` take the place of questions.

    Gives the draft as it is when nothing changes. Raises Refusal with every problem, NotAllowed for somebody who is not
    an author.
    """
    if by:
        check_role(by, Role.AUTHOR, on=timezone.localdate(now))
    with transaction.atomic():
        locked = ExamDraft.objects.select_for_update().get(pk=draft.pk)
        content = _changed(locked.definition, changes)
        check_definition(content, unfinished=True)
        if content == locked.definition:
            return locked
        locked.definition, locked.title = content, content["title"]
        locked.stored_at, locked.stored_by = now, by
        locked.save(update_fields=["definition", "title", "stored_at", "stored_by"])
        _record("exam_draft.changed", locked.key, content, by, now)
    return locked


def release_draft(*, draft: ExamDraft, by: Person | None, now: datetime) -> ExamVersion:
    """Release what the draft says now (see `exams.releasing.release_exam`). A second time changes nothing.

    Raises Refusal with what stands in the way, NotAllowed for somebody who is not an author.
    """
    if by:
        check_role(by, Role.AUTHOR, on=timezone.localdate(now))
    with transaction.atomic():
        locked = ExamDraft.objects.select_for_update().get(pk=draft.pk)
        version = release_exam(definition=locked.definition, by=by, now=now)
        if locked.released_number != version.number:
            locked.released_number = version.number
            locked.save(update_fields=["released_number"])
    return version


def _record(action: str, key: str, content: Mapping[str, Any], by: Person | None, now: datetime) -> None:
    target, digest = f"assessments.examdraft:{key}", content_hash(content)
    audit.record(action=action, target=target, by=by, now=now, content_hash=digest)


def _changed(definition: Mapping[str, Any], changes: Mapping[str, Any]) -> dict[str, Any]:
    content = exact({**definition, **changes, "key": definition["key"]})
    gone = {name for name in OPTIONAL if name != "shuffle" and not is_set(name, content.get(name))}
    if "sections" in changes:
        gone |= {"questions", "draw", "points"}
    return {name: value for name, value in content.items() if name not in gone}


def _compared(content: Mapping[str, Any], draft: ExamDraft | None) -> Comparison:
    if draft is None:
        return Comparison(DraftFate.NEW)
    names = sorted(content.keys() | draft.definition.keys())
    differs = tuple(name for name in names if content.get(name) != draft.definition.get(name))
    return Comparison(DraftFate.KEPT if differs else DraftFate.SAME, differs)

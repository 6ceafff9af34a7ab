"""The question bank: storing questions as frozen versions. What becomes of them is `workflow`'s."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from assessments.bank.media import missing_files
from assessments.freezing import exact
from assessments.items import ITEM_TYPES, ItemInvalid, item_type
from assessments.items.checking import (
    as_decimal,
    as_text,
    check_count,
    check_fields,
    check_one_of,
    check_text,
)
from assessments.items.media import files_of
from assessments.items.problems import Problems, gettext_noop
from assessments.models import Question, QuestionStatus, QuestionVersion
from assessments.wording import refusal_of
from competencies.framework import leaf_titles
from core import audit
from core.errors import Refusal
from core.hashing import content_hash
from people.models import Person, Role
from people.roles import check_role

FIELDS = frozenset({"key", "type", "module", "points", "difficulty", "leaves", "minutes", "body", "answer"})
OPTIONAL = frozenset({"explanation", "as_of", "source"})


@dataclass(frozen=True)
class PackReport:
    """How many questions of a pack became a new version, and how many were there already."""

    stored: int
    unchanged: int


def import_pack(path: Path, *, by: Person | None, now: datetime) -> PackReport:
    """Store every question of a JSON file (a list of items, see `store_question`), all or none, in use at once.

    Raises Refusal, naming the question, when one cannot be used; OSError when the file cannot be read.
    """
    items = json.loads(Path(path).read_text(encoding="utf-8"))
    before = QuestionVersion.objects.count()
    with transaction.atomic():
        for item in items:
            store_question(item=item, by=by, now=now, live=True)
        stored = QuestionVersion.objects.count() - before
    return PackReport(stored, len(items) - stored)


def store_question(
    *, item: Mapping[str, Any], by: Person | None, now: datetime, live: bool = False
) -> QuestionVersion:
    """Freeze a question: {key, type, module, points, difficulty, leaves, minutes, body, answer, …}.

    A new version is a draft until somebody reviews it; `live` says that it was reviewed elsewhere and may be taken at
    once. Gives the newest version when it says the same already. Raises Refusal with every problem of the item,
    NotAllowed for somebody who is not an author.
    """
    if by:
        check_role(by, Role.AUTHOR, on=timezone.localdate(now))
    content = checked_content(item)
    digest = content_hash(content)
    with transaction.atomic():
        question, _created = Question.objects.get_or_create(key=content["key"], defaults={"author": by})
        question = Question.objects.select_for_update().get(pk=question.pk)
        newest = question.versions.order_by("-number").first()
        if newest and newest.content_hash == digest:
            return newest
        version = QuestionVersion.of(question, newest.number + 1 if newest else 1, content, by=by, now=now)
        version.save()
        _begin_anew(question, version, live=live)
        audit.record(
            action="question.stored",
            target=f"assessments.question:{question.key}",
            by=by,
            now=now,
            number=version.number,
            content_hash=digest,
            live=live,
        )
    return version


def _begin_anew(question: Question, version: QuestionVersion, *, live: bool) -> None:
    """A version that was just stored is the newest: a draft, beside the one in use if there is one."""
    question.status = QuestionStatus.DRAFT
    if live:
        question.status = QuestionStatus.LIVE
        question.live_number = question.shown_number = version.number
    question.save(update_fields=["status", "live_number", "shown_number"])


def free_key(*, on: date) -> str:
    """A key that no question has, for an author who wants none of their own: Q2026-001, Q2026-002 …"""
    prefix = f"Q{on.year}-"
    taken = Question.objects.filter(key__regex=rf"^{prefix}[0-9]{{3,6}}$").values_list("key", flat=True)
    highest = max((int(key.removeprefix(prefix)) for key in taken), default=0)
    return f"{prefix}{highest + 1:03d}"


def shown_version(key: str) -> QuestionVersion:
    """The version that lessons show, key included: for scoring on the server. Raises Refusal if unknown."""
    version = QuestionVersion.objects.shown().filter(question__key=key).select_related("question").first()
    if version is None:
        raise Refusal(_("There is no question %(key)s in the bank.") % {"key": key}, code="unknown_question")
    return version


def checked_content(item: Mapping[str, Any], *, held: Collection[str] = ()) -> dict[str, Any]:
    """The item as it is frozen: exact numbers, every optional field present. Raises Refusal with every problem.

    `held` are files that need not be looked for: whoever asks has them.
    """
    problems = Problems()
    _check(problems, check_fields(problems, "item", item, FIELDS, OPTIONAL))
    try:
        problems.raise_if_any(ItemInvalid)
        item_type(item["type"]).validate(item["body"], item["answer"])
    except ItemInvalid as error:
        about = str(item.get("key", "")) if isinstance(item, Mapping) else ""
        raise refusal_of(error, about=about) from error
    _check_files(item, held)
    return {
        **exact({name: item[name] for name in ("key", "type", "module", "difficulty", "minutes")}),
        "body": exact(item["body"]),
        "answer": exact(item["answer"]),
        "points": as_text(Decimal(str(item["points"]))),
        "leaves": {leaf: as_text(Decimal(str(weight))) for leaf, weight in sorted(item["leaves"].items())},
        **{name: str(item.get(name, "")) for name in sorted(OPTIONAL)},
    }


def _check_files(item: Mapping[str, Any], held: Collection[str]) -> None:
    """Raises Refusal when the question shows what the bank does not hold."""
    files = [file for file in files_of(item["body"]) if file not in held]
    missing = missing_files(files) if files else ()
    if missing:
        raise Refusal(
            _("%(key)s: the bank does not hold %(files)s. Add the pictures and sounds first.")
            % {"key": item["key"], "files": ", ".join(missing)},
            code="missing_files",
        )


def _check(problems: Problems, item: Mapping[str, Any]) -> None:
    for name in ("key", "module"):
        if name in item:
            check_text(problems, name, item[name])
    for name in ("difficulty", "minutes"):
        if name in item:
            check_count(problems, name, item[name])
    if "type" in item:
        check_one_of(problems, "type", item["type"], ITEM_TYPES)
    points = as_decimal(item.get("points"))
    if "points" in item and (points is None or points <= 0):
        problems.add("points", gettext_noop("This must be a number above 0."))
    if "leaves" in item:
        _check_leaves(problems, item["leaves"])


def _check_leaves(problems: Problems, leaves: object) -> None:
    if not isinstance(leaves, Mapping) or not leaves:
        problems.add("leaves", gettext_noop("Name at least one leaf competency and its weight."))
        return
    for leaf, weight in leaves.items():
        check_one_of(problems, f"leaves.{leaf}", leaf, leaf_titles())
        number = as_decimal(weight)
        if number is None or number <= 0:
            problems.add(f"leaves.{leaf}", gettext_noop("This must be a number above 0."))

"""The self-checks of a lesson, all at once: shown without their keys, in the order each learner keeps."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from django.db.models import F, Q, QuerySet

from assessments.bank.media import sizes_for
from assessments.items import ResponseInvalid, item_type
from assessments.models import QuestionVersion
from assessments.presenting import PresentedItem, present_item
from core.prepared import prepared


def seed_for(person_id: UUID, lesson_id: str) -> str:
    """What shuffles the options: the same for a learner in a lesson, today and tomorrow."""
    return f"{person_id.hex}:{lesson_id}"


def field_name(block_id: str) -> str:
    """What the inputs of a self-check are called, so that two on one page do not share ids."""
    return f"check-{block_id}"


def present_all(
    questions: Mapping[str, str], *, seed: str, responses: Mapping[str, Any], passed: Iterable[str]
) -> dict[str, PresentedItem]:
    """Block id → its question, drawn as `assessments.selfchecks.present` would, in one query for all of them and one
    more where they show pictures.

    `questions` maps block ids to question keys; `responses` what was answered, by question key; `passed` keys can
    no longer be answered. A question that left the bank is absent.
    """
    if not questions:
        return {}
    versions = {one.key: one for one in _asked(tuple(set(questions.values())))}  # the newest comes last
    sizes, done = sizes_for(one.body for one in versions.values()), set(passed)
    return {
        block_id: present_item(
            versions[key],
            order=item_type(versions[key].type).option_order(versions[key].body, f"{seed}:{key}"),
            response=_fitting(versions[key], responses.get(key)),
            name=field_name(block_id),
            disabled=key in done,
            sizes=sizes,
        )
        for block_id, key in questions.items()
        if key in versions
    }


@prepared
def _asked(questions: Sequence[str]) -> QuerySet[Any]:
    """Where none was ever in use, all versions, the newest last."""
    shown = Q(question__shown_number=None) | Q(number=F("question__shown_number"))
    stored = QuestionVersion.objects.without_key().annotate(key=F("question__key"))
    return stored.filter(shown, question__key__in=questions).order_by("number")


def _fitting(version: QuestionVersion, response: Any) -> Any:
    """The answer, unless the question has changed so that it no longer is one."""
    try:
        return item_type(version.type).clean_response(version.body, response)
    except ResponseInvalid:
        return None

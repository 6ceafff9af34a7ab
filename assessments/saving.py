"""Saving one answer of an open sitting: what a whole exam hall does at once.

The server's clock decides. A save and the guard that admits it are one SQL statement, so that an answer can change
neither after the attempt was handed in nor by an older save, whatever runs at the same time. The statements are
written out: building the same read through the ORM costs ten times what the database needs to answer it
(benchmarks/answers.py).
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NoReturn
from uuid import UUID

from django.db import connection, models
from django.utils.translation import gettext as _

from assessments.attempts import GRACE, AttemptClosed, is_over, refuse_unknown
from assessments.items import item_type
from assessments.items.problems import gettext_noop, refuse_response
from assessments.items.types.file_upload import FileUpload, named_files
from assessments.models import Answer, AnswerFile, Attempt, AttemptStatus
from core.errors import Refusal
from people.models import Person


class AnswerSuperseded(Refusal):
    """A save with a higher sequence was here first, with another answer."""

    code = "superseded"


@dataclass(frozen=True)
class Saved:
    """An acknowledged answer: stored since `saved_at`, by the save numbered `sequence`."""

    saved_at: datetime
    sequence: int


@dataclass(frozen=True)
class Place:
    """A slot of the person's own paper: whose answer goes where, and what the question takes."""

    attempt_id: UUID
    answer_id: int
    flagged: bool
    type: str
    body: Any


_READ = """
SELECT answer.id, answer.flagged, question.type, question.body
FROM assessments_answer AS answer
JOIN assessments_attempt AS attempt ON attempt.id = answer.attempt_id
JOIN assessments_examitem AS item ON item.id = answer.item_id
JOIN assessments_questionversion AS question ON question.id = item.question_version_id
WHERE attempt.id = %s AND attempt.person_id = %s AND answer.slot = %s
"""

# FOR SHARE makes PostgreSQL wait for a submission that is under way and look at the status again after it; SQLite
# admits one writer at a time.
_STORE = """
UPDATE assessments_answer SET response = %s, flagged = %s, sequence = %s, saved_at = %s
WHERE id = %s AND sequence < %s AND EXISTS (
    SELECT 1 FROM assessments_attempt WHERE id = %s AND status = %s AND deadline_at >= %s {lock}
)
"""


def save_answer(
    *,
    attempt_id: UUID,
    person: Person,
    slot: int,
    raw: Any,
    sequence: int,
    now: datetime,
    flagged: bool | None = None,
) -> Saved:
    """Store one answer of the person's own open attempt; the highest `sequence` wins.

    `raw` is what was posted (see the item types); `flagged=None` leaves the flag. A repeated save is acknowledged
    again. Raises NoSuchAnswer, AttemptClosed, AnswerSuperseded, or `items.ResponseInvalid`. Two queries, and one more
    where the answer names files.
    """
    place = own_place(attempt_id, person, slot)
    response = item_type(place.type).clean_response(place.body, raw)
    if place.type == FileUpload.code and response:
        _check_handed_in(place, response)
    flag = place.flagged if flagged is None else flagged
    return store_response(place, response, flagged=flag, sequence=sequence, now=now)


def _check_handed_in(place: Place, response: Any) -> None:
    """An answer may name only files that were handed in for it: no one else's, and none under another name."""
    rows = AnswerFile.objects.filter(answer=place.answer_id).values_list("sha256", "name")
    if not set(named_files(response)) <= set(rows):
        refuse_response(
            "response", gettext_noop("This file is not here any more. Reload the page and hand it in again.")
        )


def store_response(place: Place, response: Any, *, flagged: bool, sequence: int, now: datetime) -> Saved:
    """Write a cleaned response, or say why not: AttemptClosed, AnswerSuperseded. The same again is acknowledged."""
    if _store(place, response, flagged, sequence, now):
        return Saved(now, sequence)
    answer = Answer.objects.select_related("attempt").get(pk=place.answer_id)
    if answer.response == response and answer.saved_at and answer.sequence >= sequence:
        return Saved(answer.saved_at, answer.sequence)
    _refuse(answer.attempt, now)


def own_place(attempt_id: UUID, person: Person, slot: int) -> Place:
    """The slot of the person's own paper. Raises NoSuchAnswer. One query."""
    values = [_prepared(Attempt, "id", attempt_id), _prepared(Attempt, "person", person.pk), slot]
    with connection.cursor() as cursor:
        cursor.execute(_READ, values)
        row = cursor.fetchone()
    if row is None:
        refuse_unknown()
    answer_id, flagged, type, body = row
    return Place(attempt_id, answer_id, bool(flagged), type, json.loads(body))


def _refuse(attempt: Attempt, now: datetime) -> NoReturn:
    if attempt.status != AttemptStatus.OPEN:
        raise AttemptClosed(
            _("This exam has been handed in; answers can no longer change. Open its result page to read on.")
        )
    if is_over(attempt, now=now):
        raise AttemptClosed(
            _("Time is over, and what was saved in time has been kept. Open the result page to read on.")
        )
    raise AnswerSuperseded(
        _("A newer answer to this question was saved from another window. Reload the page to see it.")
    )


def _store(place: Place, response: Any, flagged: bool, sequence: int, now: datetime) -> bool:
    """Write if the attempt is open and nothing newer is there, in one statement; tells whether it was written."""
    lock = "FOR SHARE" if connection.vendor == "postgresql" else ""
    values = [
        _prepared(Answer, "response", response),
        flagged,
        sequence,
        _prepared(Answer, "saved_at", now),
        place.answer_id,
        sequence,
        _prepared(Attempt, "id", place.attempt_id),
        AttemptStatus.OPEN.value,
        _prepared(Attempt, "deadline_at", now - GRACE),
    ]
    with connection.cursor() as cursor:
        cursor.execute(_STORE.format(lock=lock), values)
        return bool(cursor.rowcount)


def _prepared(model: type[models.Model], name: str, value: Any) -> Any:
    """The value as the ORM would bind it for this column on this database."""
    field = model._meta.get_field(name)
    assert isinstance(field, models.Field)  # noqa: S101 -- a column, not a relation seen from its other end
    return field.get_db_prep_save(value, connection)

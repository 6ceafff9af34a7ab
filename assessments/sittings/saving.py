"""Saving one answer of an open sitting: what a whole exam hall does at once.

The server's clock decides. A save and the guard that admits it are one SQL statement, so that an answer can change
neither after the attempt was handed in, nor from a window that another has fenced, nor by an older save, whatever runs
at the same time; the line in the journal is written by that same statement (see `sittings.journal`). The statements
are written out: building the same read through the ORM costs ten times what the database needs to answer it
(benchmarks/answers.py).
"""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import DEFAULT_DB_ALIAS, IntegrityError, connections, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.utils.translation import gettext as _

from assessments.attempts import GRACE, refuse_unknown
from assessments.items import item_type
from assessments.items.problems import gettext_noop, refuse_response
from assessments.items.types.file_upload import FileUpload, named_files
from assessments.models import AnswerFile, AttemptStatus
from assessments.sittings import journal, receipts
from assessments.sittings.late import Held
from assessments.sittings.receipts import Link
from assessments.sittings.settling import (
    AnswerChecked,
    AnswerSuperseded,
    Saved,
    SequenceReused,
    Unstored,
    settle,
)
from core.errors import Refusal
from people.models import Person

__all__ = [
    "AnswerChecked",
    "AnswerSuperseded",
    "Busy",
    "Held",
    "Place",
    "Saved",
    "SequenceReused",
    "own_place",
    "save_answer",
    "store_response",
]

MOST_TRIES = 50
ANY_WINDOW = 2**31 - 1


class Busy(Refusal):
    """Too many saves of this one paper at the same moment: send it again."""

    code = "busy"


@dataclass(frozen=True)
class Place:
    """A slot of the person's own paper: whose answer goes where, what the question takes, where the journal stands."""

    attempt_id: UUID
    answer_id: int
    slot: int
    flagged: bool
    type: str
    body: Any
    number: int
    hash: str

    def next_link(self, response: Any, sequence: int, now: datetime) -> Link:
        """The line that this save adds to the journal."""
        return receipts.link(
            previous=self.hash or receipts.start_of(self.attempt_id),
            number=self.number + 1,
            slot=self.slot,
            sequence=sequence,
            digest=receipts.digest_of(response),
            saved_at=receipts.as_moment(now),
        )


_HEAD = "(SELECT MAX(number) FROM assessments_answerentry WHERE attempt_id = %s)"
_READ = f"""
SELECT answer.id, answer.flagged, question.type, question.body, head.number, head.hash
FROM assessments_answer AS answer
JOIN assessments_attempt AS attempt ON attempt.id = answer.attempt_id
JOIN assessments_examitem AS item ON item.id = answer.item_id
JOIN assessments_questionversion AS question ON question.id = item.question_version_id
LEFT JOIN assessments_answerentry AS head ON head.attempt_id = attempt.id AND head.number = {_HEAD}
WHERE attempt.id = %s AND attempt.person_id = %s AND answer.slot = %s
"""  # noqa: S608 -- nothing in it comes from outside

_STORE = """
UPDATE assessments_answer
SET response = %s, flagged = %s, sequence = %s, saved_at = %s, entry = %s, digest = %s, chain = %s
WHERE id = %s AND sequence < %s AND checked_at IS NULL AND EXISTS (
    SELECT 1 FROM assessments_attempt
    WHERE id = %s AND status = %s AND deadline_at >= %s AND fence <= %s)
"""
# This makes PostgreSQL wait for a submission that is under way and look at the status again after it; SQLite admits
# one writer at a time.
_STORE_ON_POSTGRES = f"{_STORE.rstrip()[:-1]} FOR SHARE)"


def save_answer(
    *,
    attempt_id: UUID,
    person: Person,
    slot: int,
    raw: Any,
    sequence: int,
    now: datetime,
    flagged: bool | None = None,
    fence: int | None = None,
    said_at: datetime | None = None,
) -> Saved | Held:
    """Store one answer of the person's own open attempt; the highest `sequence` wins.

    `raw` is what was posted (see the item types); `flagged=None` leaves the flag. `fence` is the window's (None: the
    one that opened the sitting last), `said_at` what its clock said, which decides nothing. A repeated save is
    acknowledged again. Held: it came after the end or from an older window and is kept beside the paper. Raises
    NoSuchAnswer, AttemptClosed, AnswerSuperseded, AnswerChecked, SequenceReused, Busy, or `items.ResponseInvalid`.
    Two queries, and one more where the answer names files.
    """
    place = own_place(attempt_id, person, slot)
    response = item_type(place.type).clean_response(place.body, raw)
    if place.type == FileUpload.code and response:
        _check_handed_in(place, response)
    return store_response(
        place, response, flagged=flagged, sequence=sequence, now=now, fence=fence, said_at=said_at
    )


def _check_handed_in(place: Place, response: Any) -> None:
    """An answer may name only files that were handed in for it: no one else's, and none under another name."""
    rows = AnswerFile.objects.filter(answer=place.answer_id).values_list("sha256", "name")
    if not set(named_files(response)) <= set(rows):
        refuse_response(
            "response", gettext_noop("This file is not here any more. Reload the page and hand it in again.")
        )


def store_response(
    place: Place,
    response: Any,
    *,
    flagged: bool | None,
    sequence: int,
    now: datetime,
    fence: int | None = None,
    said_at: datetime | None = None,
) -> Saved | Held:
    """Write a cleaned response, keep it beside the paper, or say why neither (see `save_answer`)."""
    for _try in range(MOST_TRIES):
        link = place.next_link(response, sequence, now)
        try:
            stored = _store(place, response, flagged, link, now, fence)
        except IntegrityError:  # another save of this paper took the number
            number, hash = journal.head_of(place.attempt_id)
            place = replace(place, number=number, hash=hash)
            continue
        if stored:
            return Saved.of(link, now)
        unstored = Unstored(place.attempt_id, place.slot, response, flagged, sequence, fence, said_at)
        if outcome := settle(unstored, now=now):
            return outcome
    raise Busy(_("The server is busy. Your answer is sent again in a moment."))


def own_place(attempt_id: UUID, person: Person, slot: int) -> Place:
    """The slot of the person's own paper. Raises NoSuchAnswer. One query."""
    database = connections[DEFAULT_DB_ALIAS]
    attempt = _id(database, attempt_id)
    with database.cursor() as cursor:
        cursor.execute(_READ, [attempt, attempt, _id(database, person.pk), slot])
        row = cursor.fetchone()
    if row is None:
        refuse_unknown()
    answer_id, flagged, type, body, number, hash = row
    return Place(attempt_id, answer_id, slot, bool(flagged), type, json.loads(body), number or 0, hash or "")


def _store(
    place: Place, response: Any, flagged: bool | None, link: Link, now: datetime, fence: int | None
) -> bool:
    """Write if the attempt is open, the window the newest and nothing newer there, in one statement; tells whether it
    was written. Raises IntegrityError when the number of its line in the journal is taken."""
    database = connections[DEFAULT_DB_ALIAS]
    ops, on_postgres = database.ops, database.vendor == "postgresql"
    values = [
        None if response is None else ops.adapt_json_value(response, None),
        place.flagged if flagged is None else flagged,
        link.sequence,
        ops.adapt_datetimefield_value(now),
        link.number,
        link.digest,
        link.hash,
        place.answer_id,
        link.sequence,
        _id(database, place.attempt_id),
        AttemptStatus.OPEN.value,
        ops.adapt_datetimefield_value(now - GRACE),
        ANY_WINDOW if fence is None else fence,
    ]
    statement = _STORE_ON_POSTGRES if on_postgres else _STORE
    if on_postgres and database.in_atomic_block:
        with transaction.atomic():  # a number that is taken must not spoil what is around it
            return _execute(database, statement, values)
    return _execute(database, statement, values)


def _execute(database: BaseDatabaseWrapper, statement: str, values: list[Any]) -> bool:
    with database.cursor() as cursor:
        cursor.execute(statement, values)
        return bool(cursor.rowcount)


def _id(database: BaseDatabaseWrapper, value: UUID) -> UUID | str:
    """The id as the ORM would bind it on this database."""
    return value if database.features.has_native_uuid_field else value.hex

"""The journal of a sitting: a line for each acknowledged save, chained, and what the page and the server noticed.

The database writes the line of a save itself, in the statement that stores the answer: whoever gives an answer another
`chain` gets its line (number, slot, sequence, digest, time, hash) into the journal, or neither is written. So no answer
is ever acknowledged without its line, it costs no statement of its own, and a number that is taken refuses the save.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.apps import AppConfig
from django.db import DEFAULT_DB_ALIAS, connections
from django.db.backends.base.base import BaseDatabaseWrapper

from assessments.models import Answer, AnswerEntry, Attempt, EventKind, SittingEvent
from assessments.sittings import receipts
from assessments.sittings.receipts import Link, Receipt

TRIGGER = "assessments_answer_journal"
TABLES = {"assessments_answer", "assessments_answerentry"}

_WRITE = """
    INSERT INTO assessments_answerentry (attempt_id, number, slot, sequence, digest, saved_at, hash)
    VALUES (NEW.attempt_id, NEW.entry, NEW.slot, NEW.sequence, NEW.digest, NEW.saved_at, NEW.chain);
"""
_SQLITE = (
    f"CREATE TRIGGER {TRIGGER} AFTER UPDATE OF chain ON assessments_answer WHEN NEW.chain <> OLD.chain "
    f"BEGIN {_WRITE} END",
)
_POSTGRES = (
    f"CREATE OR REPLACE FUNCTION {TRIGGER}() RETURNS trigger LANGUAGE plpgsql AS $$ "
    f"BEGIN {_WRITE} RETURN NULL; END $$",
    f"CREATE TRIGGER {TRIGGER} AFTER UPDATE OF chain ON assessments_answer FOR EACH ROW "
    f"WHEN (NEW.chain <> OLD.chain) EXECUTE FUNCTION {TRIGGER}()",
)


def install_journal(sender: AppConfig, using: str = DEFAULT_DB_ALIAS, **kwargs: Any) -> None:
    """Receiver of `post_migrate`: (re)install the trigger, which SQLite drops when Django remakes the table."""
    connection = connections[using]
    if not set(connection.introspection.table_names()) >= TABLES:
        return
    on = " ON assessments_answer" if connection.vendor == "postgresql" else ""
    with connection.cursor() as cursor:
        cursor.execute(f"DROP TRIGGER IF EXISTS {TRIGGER}{on}")
        for statement in _POSTGRES if connection.vendor == "postgresql" else _SQLITE:
            cursor.execute(statement)


def has_journal(connection: BaseDatabaseWrapper) -> bool:
    """Whether saves leave their line in this database, or there is nothing to save yet."""
    with connection.cursor() as cursor:
        if not set(connection.introspection.table_names(cursor)) >= TABLES:
            return True
        if connection.vendor == "sqlite":
            cursor.execute("SELECT 1 FROM sqlite_master WHERE type = 'trigger' AND name = %s", [TRIGGER])
        else:
            cursor.execute("SELECT 1 FROM pg_trigger WHERE tgname = %s", [TRIGGER])
        return cursor.fetchone() is not None


def write_answer(answer: Answer, response: Any, *, now: datetime, sequence: int = 0) -> None:
    """Put a response into the paper beside the candidate's own saves, with its line in the journal.

    Called under the attempt's lock, for what a person or the exam's policy takes into a paper that is closed. The
    sequence is raised where an answer with a higher one stands there already. Two queries.
    """
    number, hash = head_of(answer.attempt_id)
    link = receipts.link(
        previous=hash or receipts.start_of(answer.attempt_id),
        number=number + 1,
        slot=answer.slot,
        sequence=max(sequence, answer.sequence + 1),
        digest=receipts.digest_of(response),
        saved_at=receipts.as_moment(now),
    )
    answer.response, answer.sequence, answer.saved_at = response, link.sequence, now
    answer.entry, answer.digest, answer.chain = link.number, link.digest, link.hash
    answer.save(update_fields=["response", "sequence", "saved_at", "entry", "digest", "chain"])


def head_of(attempt_id: UUID) -> tuple[int, str]:
    """Number and hash of the newest line; 0 and "" before the first. One query."""
    entries = AnswerEntry.objects.filter(attempt=attempt_id).order_by("-number")
    return entries.values_list("number", "hash").first() or (0, "")


def receipt_for(attempt_id: UUID) -> Receipt:
    """The receipt of an attempt as the journal has it now. One query."""
    entries = AnswerEntry.objects.filter(attempt=attempt_id).order_by("number")
    return receipts.receipt_of(attempt_id, (link_of(entry) for entry in entries))


def link_of(entry: AnswerEntry) -> Link:
    """A line of the journal as a link of the chain."""
    return Link(
        number=entry.number,
        slot=entry.slot,
        sequence=entry.sequence,
        digest=entry.digest,
        saved_at=receipts.as_moment(entry.saved_at),
        hash=entry.hash,
    )


def note(
    attempt: Attempt, kind: EventKind, *, now: datetime, said_at: datetime | None = None, **detail: int | str
) -> SittingEvent:
    """Write one event into the journal. `detail` holds numbers and codes. One query."""
    return SittingEvent.objects.create(
        attempt=attempt, kind=kind, happened_at=now, said_at=said_at, detail=detail
    )

"""Idempotency keys: a write that must not happen twice is asked for with a key, and happens once however often it is.

A page mints a key when it is built and sends it with its form; whoever does not learn the outcome (a double click, a
lost network, a killed worker) sends the same again. The key is remembered in the transaction of the effect: either
both are there or neither, so no retry meets a key without its effect.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from core.audit import Actor
from core.errors import Refusal
from core.hashing import content_hash
from core.models import DoneOnce

KEPT = timedelta(days=30)


class KeyInvalid(Refusal):
    """What was sent as a key is none."""

    code = "key_invalid"


class KeyReused(Refusal):
    """The key was used before, for another body, action or person. Views answer 422; nothing has happened."""

    code = "key_reused"


def new_key() -> str:
    """A key for one form or one call: a random UUID as text, 36 characters."""
    return str(uuid4())


def once(*, key: str | UUID, by: Actor, action: str, body: dict[str, Any], now: datetime) -> bool:
    """Whether this is the first time, so that the caller goes on; False when it was done, so that it returns what
    exists.

    Called inside the transaction of the effect, before it. Of two calls at the same moment the second waits for the
    first one's end. `body` is what was asked for, as plain JSON without floats; only its hash is kept. Raises
    KeyReused, KeyInvalid, and RuntimeError outside a transaction.
    """
    if not transaction.get_connection().in_atomic_block:
        raise RuntimeError("a key belongs in the transaction of the write it guards")
    parsed, said = _parse(key), {"actor": str(by.pk), "action": action, "body": content_hash(body)}
    if _remember(parsed, said, now):
        return True
    if not DoneOnce.objects.filter(key=parsed, **said).exists():
        raise KeyReused(
            _("Nothing was changed: this form was used before for something else. Reload it and try again.")
        )
    return False


def forget_old_keys(*, now: datetime) -> int:
    """Delete the keys that nobody will send again; returns how many."""
    return DoneOnce.objects.filter(done_at__lt=now - KEPT).delete()[0]


def _parse(key: str | UUID) -> UUID:
    try:
        return UUID(str(key))
    except ValueError as error:
        raise KeyInvalid(_("The page did not send a valid key. Reload it and try again.")) from error


def _remember(key: UUID, said: dict[str, str], now: datetime) -> bool:
    """Insert, waiting for whoever is inserting the same; False when it is there."""
    try:
        with transaction.atomic():
            DoneOnce.objects.create(key=key, done_at=now, **said)
    except IntegrityError:
        return False
    return True

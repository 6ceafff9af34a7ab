"""What a regrade of runs does to decisions and certificates, for whoever looks at it.

Certificates live above this floor. Whoever knows them registers a reader at start-up with `register_effects`.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from people.models import Person
from simulations.models import RunRegrade, RunRegradeLine

Reader = Callable[[RunRegrade, Person, datetime], Any]
"""The answer has `sentence`, `certificates` (serial, candidate, scheme, note, url), `decisions` (candidate, scheme,
met), `count`, `gained` and `lost`."""
_readers: list[Reader] = []


def register_effects(read: Reader) -> None:
    """Called once at start-up by the room that knows certificates."""
    _readers.append(read)


def effects_of(regrade: RunRegrade, viewer: Person, *, at: datetime) -> Any:
    """What the dry run found, for this reader; None where nobody can tell."""
    return next((read(regrade, viewer, at) for read in _readers), None)


def numbered(line: RunRegradeLine) -> str:
    """A run as readers know it who do not know the player: by the first characters of its number."""
    return _("Run %(number)s") % {"number": str(line.playthrough_id)[:8]}

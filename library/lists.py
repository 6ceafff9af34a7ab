"""Storing entries of the four lists (四清单): what is already so is left alone, and leaves no trace."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from core import audit
from core.errors import Refusal
from library.models import ListEntry, ListKind
from people.models import Person

TITLE_LENGTH = 80
"""What the column holds."""


@dataclass(frozen=True)
class EntryText:
    """Everything an entry says; the fields of ListEntry. Without `withdrawn_on` a withdrawal that is known stays."""

    key: str
    kind: ListKind
    title: str
    text: str
    as_of: date
    review_by: date
    source: str = ""
    withdrawn_on: date | None = None


@transaction.atomic
def store_list_entry(*, entry: EntryText, by: Person | None, now: datetime) -> ListEntry:
    """Create the entry of this key, or bring it up to date. Raises Refusal when it is not complete."""
    wanted = asdict(entry)
    if entry.withdrawn_on is None:
        del wanted["withdrawn_on"]
    stored = ListEntry.objects.select_for_update().filter(key=entry.key).first() or ListEntry()
    if stored.pk and all(getattr(stored, name) == value for name, value in wanted.items()):
        return stored
    _check_entry(entry)
    for name, value in wanted.items():
        setattr(stored, name, value)
    stored.save()
    audit.record(action="list.entry_stored", target=f"library.list:{entry.key}", by=by, now=now)
    return stored


def _check_entry(entry: EntryText) -> None:
    needed = (entry.key, entry.title, entry.text)
    if not all(text.strip() for text in needed) or entry.kind not in ListKind.values:
        raise Refusal(
            _("The list entry “%(key)s” needs a key, one of the four lists, a title and a text.")
            % {"key": entry.key}
        )
    if len(entry.title) > TITLE_LENGTH:
        raise Refusal(_("The title of the list entry “%(key)s” is too long.") % {"key": entry.key})
    withdrawn = entry.withdrawn_on or entry.as_of
    if entry.review_by < entry.as_of or withdrawn < entry.as_of:
        raise Refusal(_("A day of the list entry “%(key)s” lies before its date.") % {"key": entry.key})

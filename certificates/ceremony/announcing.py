"""The announcer's list: every name with its syllables, what to ask about, and readings that somebody put right."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from certificates.authority import check_may_issue_in
from certificates.ceremony.lines import SeatLine, lines_of
from certificates.ceremony.readings import Doubt, Doubtful, Reading, as_reading
from certificates.models import BatchRow
from core import audit
from core.errors import Refusal
from people.models import Person


@dataclass(frozen=True)
class Announced:
    """Somebody to be called: the line of the seat, the name as it is read, and in words what to ask about."""

    line: SeatLine
    reading: Reading
    doubts: tuple[str, ...]


def announced(lines: Iterable[SeatLine]) -> list[Announced]:
    """The people of these lines, in their order."""
    found = []
    for line in lines:
        reading = line.reading
        found.append(Announced(line, reading, tuple(in_words(doubt) for doubt in reading.doubts)))
    return found


def in_words(doubt: Doubtful) -> str:
    """What to ask about a character."""
    said = {"char": doubt.text, "said": doubt.syllable, "others": _(" or ").join(doubt.others)}
    if doubt.why == Doubt.SURNAME:
        return _("“%(char)s” as a surname: %(said)s, not %(others)s?") % said
    if doubt.why == Doubt.GIVEN:
        return _("“%(char)s”: %(said)s or %(others)s?") % said
    if doubt.why == Doubt.RARE:
        return _("“%(char)s” is rare: %(said)s?") % said
    return _("How “%(char)s” is read is not known.") % said


@transaction.atomic
def set_reading(*, row: BatchRow, text: str, by: Person, now: datetime) -> BatchRow:
    """Write down how a name is read in this batch; nothing goes back to the dictionary's reading.

    Raises NotAllowed without the role over the batch, Refusal for what is no reading of this name.
    """
    row = (
        BatchRow.objects.select_for_update(of=("self",)).select_related("batch__organisation").get(pk=row.pk)
    )
    check_may_issue_in(by, row.batch.organisation, on=timezone.localdate(now))
    name = lines_of(BatchRow.objects.filter(pk=row.pk), now=now)[0].name
    if not name:
        raise Refusal(_("The name was erased: there is nothing to read."), code="erased")
    reading = as_reading(text, name=name) if text.strip() else ""
    if row.reading != reading:
        row.reading = reading
        row.save(update_fields=["reading"])
        audit.record(
            action="ceremony.reading_set",
            target=f"certificates.batch:{row.batch_id}",
            by=by,
            now=now,
            row=row.pk,
            by_hand=bool(reading),
        )
    return row

"""Whether a candidate's receipt, the stored journal and the stored answers still say the same."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.utils.translation import gettext as _

from assessments.models import Answer, Attempt
from assessments.sittings import journal, receipts
from assessments.sittings.receipts import Link, NotAReceipt, Receipt
from core.errors import Refusal


@dataclass(frozen=True)
class ReceiptCheck:
    """How many lines the file has, the number of the first that does not hold (None where it is none of them), and a
    sentence that names the question."""

    ok: bool
    entries: int
    first_bad: int | None
    detail: str


@dataclass(frozen=True)
class _Finding:
    number: int | None
    detail: str


def check_receipt(text: str) -> ReceiptCheck:
    """Compute the file's chain again, compare it with the stored journal, and that with the stored answers.

    A receipt may be older than the last save: the journal may go on where it ends. Raises Refusal for a text that is
    no receipt. Three queries.
    """
    try:
        receipt = receipts.read_receipt(text)
    except NotAReceipt as error:
        raise Refusal(_("This file is no receipt of this program."), code="no_receipt") from error
    stored = journal.receipt_for(UUID(receipt.attempt))
    found = (
        _in_file(receipt)
        or _in_attempt(receipt)
        or _between(receipt, stored)
        or _in_journal(stored)
        or _in_answers(stored)
    )
    if found:
        return ReceiptCheck(False, len(receipt.links), found.number, found.detail)
    return ReceiptCheck(True, len(receipt.links), None, _all_well(receipt, stored))


def _in_file(receipt: Receipt) -> _Finding | None:
    number = receipts.first_break(receipt)
    if number is None:
        return None
    if number > len(receipt.links):
        return _Finding(
            number, _("The last code of the file is not that of its last line: the file was changed.")
        )
    return _Finding(
        number,
        _(
            "Line %(number)s of the file (question %(slot)s) does not follow on the one before: the file was changed."
        )
        % {"number": number, "slot": receipt.links[number - 1].slot},
    )


def _in_attempt(receipt: Receipt) -> _Finding | None:
    if Attempt.objects.filter(pk=receipt.attempt).exists():
        return None
    return _Finding(None, _("The sitting that this receipt is about is not in this database."))


def _between(receipt: Receipt, stored: Receipt) -> _Finding | None:
    """The first line of the file that the journal does not have, or has otherwise."""
    there = {link.number: link for link in stored.links}
    for link in receipt.links:
        kept = there.get(link.number)
        if kept is None:
            return _about(link, _("Line %(number)s (question %(slot)s) is missing in the stored journal."))
        if kept != link:
            return _about(link, _("Line %(number)s (question %(slot)s) was changed in the stored journal."))
    return None


def _in_journal(stored: Receipt) -> _Finding | None:
    number = receipts.first_break(stored)
    if number is None:
        return None
    link = stored.links[min(number, len(stored.links)) - 1]
    return _about(
        link,
        _("Line %(number)s (question %(slot)s) of the stored journal does not follow on the one before."),
    )


def _in_answers(stored: Receipt) -> _Finding | None:
    """The first answer that is not the one its newest line acknowledged, or whose line is gone."""
    newest = {link.slot: link for link in stored.links}
    answers = Answer.objects.filter(attempt=UUID(stored.attempt)).order_by("slot")
    for slot, response, entry in answers.values_list("slot", "response", "entry"):
        link = newest.get(slot)
        if link is None and (response is not None or entry):
            return _Finding(
                entry or None,
                _("Question %(slot)s holds an answer that no line of the journal acknowledges.")
                % {"slot": slot},
            )
        if link and entry > link.number:
            return _Finding(
                entry,
                _("Line %(number)s (question %(slot)s) is missing in the stored journal.")
                % {"number": entry, "slot": slot},
            )
        if link and receipts.digest_of(response) != link.digest:
            return _about(
                link,
                _("The stored answer to question %(slot)s is not the one that line %(number)s acknowledges."),
            )
    return None


def _about(link: Link, sentence: str) -> _Finding:
    return _Finding(link.number, sentence % {"number": link.number, "slot": link.slot})


def _all_well(receipt: Receipt, stored: Receipt) -> str:
    later = len(stored.links) - len(receipt.links)
    if later:
        return _("All is as the receipt says; %(later)s saves came after it.") % {"later": later}
    return _("All is as the receipt says.")

"""From what a parser has read to what is told about it: a draft that its type accepts, or the reason it does not."""

from collections.abc import Sequence

from assessments.formats.exchange import Draft, Found, renumbered
from assessments.formats.places import place_of, said
from assessments.formats.usual import within
from assessments.items import ITEM_TYPES, ItemInvalid
from assessments.items.problems import Message
from assessments.items.problems import gettext_noop as _


def found(where: Message, draft: Draft, warnings: Sequence[Message] = ()) -> Found:
    """The draft, renumbered, when its type accepts it; else why not."""
    kind = ITEM_TYPES.get(draft.type)
    if kind is None:
        return skipped(
            where, Message(_("The question type %(type)s is not known here."), {"type": draft.type})
        )
    try:
        kind.validate(draft.body, draft.answer)
    except ItemInvalid as invalid:
        place, message = invalid.problems[0]
        return skipped(within(where, place_of(place)), said(message))
    return Found(where, renumbered(draft), warnings=tuple(warnings))


def skipped(where: Message, reason: Message) -> Found:
    """A question that was not taken, and why."""
    return Found(where, reason=reason)

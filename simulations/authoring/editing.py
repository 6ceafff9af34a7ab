"""Writing a draft part by part. Two people may write at once: what they did to different parts is put together."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from core.errors import Refusal
from people.models import Person
from people.roles import check_role
from simulations.drafts import locked_draft, write_edition
from simulations.engine.editing import Document, NoSuchPart, Part, part_of, with_part
from simulations.models import DraftEdition, ScenarioDraft
from simulations.releasing import RELEASING_ROLES


class Overtaken(Refusal):
    """Somebody else changed the same part meanwhile. `theirs` is what it says now, None where it is gone."""

    code = "stale"

    def __init__(self, theirs: dict[str, Any] | None, edition: int) -> None:
        self.theirs, self.edition = theirs, edition
        super().__init__(
            _(
                "Somebody else saved this part meanwhile. What you typed is still below; look at what it says now."
            )
        )


def save_part(
    *,
    draft: ScenarioDraft,
    part: Part,
    value: Mapping[str, Any],
    expected: int,
    by: Person | None,
    now: datetime,
) -> ScenarioDraft:
    """Put what a form says in the place of a part, and keep that as the next saved version.

    `expected` is the saved version the author read. What others did to other parts since then stays. The same content
    changes nothing. Raises Overtaken where somebody changed this very part, Refusal "unstorable", NotAllowed.
    """
    check_author(by, now)
    with transaction.atomic():
        locked = _present(draft)
        document = json.loads(locked.document)
        theirs = part_of(document, part)
        if theirs is not None and _same(theirs, value):
            return locked
        if theirs is None or (locked.edition != expected and _changed_since(locked, part, theirs, expected)):
            raise Overtaken(theirs, locked.edition)
        return write_edition(draft=locked, document=with_part(document, part, value), by=by, now=now)


def change_draft(
    *,
    draft: ScenarioDraft,
    change: Callable[[Document], Document],
    expected: int,
    by: Person | None,
    now: datetime,
) -> ScenarioDraft:
    """Do something to a draft as a whole: add, copy, move, rename, remove.

    Raises Refusal "stale" where anything was saved since the version `expected` (so that a double click counts once),
    "gone" where what it is about is not there, NotAllowed; and whatever `change` raises.
    """
    check_author(by, now)
    with transaction.atomic():
        locked = _present(draft)
        if locked.edition != expected:
            raise Refusal(
                _("The scenario was changed meanwhile. Look at what it says now, then do it again."),
                code="stale",
            )
        try:
            document = change(json.loads(locked.document))
        except NoSuchPart:
            raise Refusal(_("That is not there any more."), code="gone") from None
        return write_edition(draft=locked, document=document, by=by, now=now)


def restore_edition(
    *, draft: ScenarioDraft, number: int, expected: int, by: Person | None, now: datetime
) -> ScenarioDraft:
    """Bring back what a saved version said, as a new saved version; nothing is lost.

    Raises Refusal "stale" where anything was saved since `expected`, "gone" for a version that is not there.
    """
    check_author(by, now)
    with transaction.atomic():
        locked = _present(draft)
        if locked.edition != expected:
            raise Refusal(
                _("The scenario was changed meanwhile. Look at what it says now, then do it again."),
                code="stale",
            )
        edition = locked.editions.filter(number=number).first()
        if edition is None:
            raise Refusal(_("That is not there any more."), code="gone")
        document = json.loads(edition.document)
        return write_edition(draft=locked, document=document, by=by, now=now, restored=number)


def check_author(by: Person | None, now: datetime) -> None:
    """Raises NotAllowed for whoever is neither author nor administrator today; None is the system."""
    if by is not None:
        check_role(by, *RELEASING_ROLES, on=timezone.localdate(now))


def _present(draft: ScenarioDraft) -> ScenarioDraft:
    locked = locked_draft(pk=draft.pk)
    if locked is None:
        raise Refusal(_("That is not there any more."), code="gone")
    return locked


def _changed_since(draft: ScenarioDraft, part: Part, now_says: Mapping[str, Any], expected: int) -> bool:
    """Whether the part said something else in the version the author read; one that is not there counts as changed."""
    base = DraftEdition.objects.filter(draft=draft, number=expected).first()
    if base is None:
        return True
    said = part_of(json.loads(base.document), part)
    return said is None or not _same(said, now_says)


def _same(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    """Equal, and in the same order: the order of variables and choices is content."""
    return json.dumps(one) == json.dumps(other)

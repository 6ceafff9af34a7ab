"""What the templates of lesson blocks need of frozen files and policy clauses."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from django import template
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from courses.media import DOWNLOADED, SHOWN, FrozenFile, address_of
from library.models import PolicyLevel

register = template.Library()


@register.filter
def address(file: FrozenFile) -> str:
    """Where a browser finds a frozen file."""
    return address_of(file)


@register.filter
def content_type(file: FrozenFile) -> str:
    """The MIME type of a frozen file."""
    return SHOWN.get(file["suffix"]) or DOWNLOADED.get(file["suffix"], "application/octet-stream")


@register.filter
def with_words(clauses: list[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Frozen clauses as `components/policy_chain.html` shows them: the level and the state of checking in words."""
    return [
        {
            **clause,
            "level_title": PolicyLevel(clause["level"]).label,
            "verified_note": _checked(clause) if clause["verified"] else clause["note"],
        }
        for clause in clauses
    ]


@register.filter
def day(text: str) -> date | None:
    """A date of the frozen JSON, to be formatted."""
    return date.fromisoformat(text) if text else None


@register.filter
def beside(columns: Sequence[Any], row: Sequence[str]) -> list[tuple[Any, str]]:
    """Each cell of a row with its column."""
    return list(zip(columns, row, strict=True))


@register.filter
def fits_a_phone(columns: Sequence[Mapping[str, Any]]) -> bool:
    """Whether a table may stay one on a narrow screen: two columns, or up to five of which the others are figures."""
    return len(columns) <= 2 or (len(columns) <= 5 and all(column["figures"] for column in columns[1:]))


@register.filter
def at(mapping: Mapping[str, Any], key: str) -> Any:
    """The value of a key that is itself a variable; None in a mapping that is not there."""
    return mapping.get(key) if mapping else None


def _checked(clause: Mapping[str, Any]) -> str:
    return _("Compared with the full text on %(as_of)s; to be reviewed by %(review_by)s.") % {
        "as_of": date_format(date.fromisoformat(clause["as_of"])),
        "review_by": date_format(date.fromisoformat(clause["review_by"])),
    }

"""Who may change what every certificate of the house looks like: issuers and administrators of the whole tree."""

from __future__ import annotations

from datetime import date

from django.utils.translation import gettext as _

from certificates.authority import issuing_paths
from core.errors import NotAllowed
from people.models import Organisation, Person


def may_keep(person: Person, *, on: date) -> bool:
    """Whether the person issues for a root of the tree, not only for a part of it. One query."""
    return any(len(path) == Organisation.steplen for path in issuing_paths(person, on=on))


def check_may_keep(person: Person, *, on: date) -> None:
    """Raises NotAllowed unless `may_keep`."""
    if not may_keep(person, on=on):
        raise NotAllowed(
            _("Designs, seals and signatures are changed by those who issue for the whole district.")
        )

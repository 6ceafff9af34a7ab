"""What the gallery's pages show, gathered in a constant number of queries."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from django.db.models import Count
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from certificates.models import Issuer, IssuerMark, MarkKind, ThemeShelf
from certificates.press.theming import CertificateTheme, theme_faults, usable_themes
from certificates.queries import certificates_overseen_by
from people.models import Person

PHOTOS: dict[str, Promise] = {
    "none": _("No photo"),
    "optional": _("Shows a photo if there is one"),
    "required": _("Needs a photo of everybody"),
}


@dataclass(frozen=True)
class Hanging:
    """One theme in the gallery: how the issuer uses it, and on how many certificates of the viewer's scope it is."""

    theme: CertificateTheme
    shelf: ThemeShelf | None
    used: int

    @property
    def is_offered(self) -> bool:
        return self.shelf is None or self.shelf.is_offered

    @property
    def photo(self) -> Promise:
        """What it asks for, in words."""
        return PHOTOS[self.theme.photo]

    @property
    def size(self) -> str:
        page = self.theme.definition["page"]
        return f"{page['width_mm']} × {page['height_mm']} mm"

    @property
    def has_own_seal(self) -> bool:
        """Whether it carries a seal of its own for the issuer when none was chosen."""
        return bool(self.shelf and self.shelf.seal) or bool(self.theme.definition["seals"])

    @property
    def takes_signature(self) -> bool:
        return MarkKind.SIGNATURE in self.theme.marks


@dataclass(frozen=True)
class Gallery:
    """All themes, and what is wrong with those that cannot be used."""

    hangings: list[Hanging]
    faults: Mapping[str, str]


def gallery_for(viewer: Person, issuer: Issuer, *, on: date) -> Gallery:
    """The gallery of an issuer. Three queries."""
    shelves = ThemeShelf.objects.filter(issuer=issuer).select_related("seal", "signature")
    by_theme = {shelf.theme: shelf for shelf in shelves}
    counted = certificates_overseen_by(viewer, on=on).values("theme").annotate(used=Count("pk"))
    used = dict(counted.values_list("theme", "used"))
    return Gallery(
        [Hanging(each, by_theme.get(each.key), used.get(each.key, 0)) for each in usable_themes()],
        theme_faults(),
    )


def marks_in_use(issuer: Issuer) -> list[IssuerMark]:
    """The seals and signatures that may be chosen, seals first. One query."""
    return list(IssuerMark.objects.filter(issuer=issuer, retired_at=None).order_by("kind", "title", "pk"))

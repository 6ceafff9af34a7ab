"""The photo on a certificate: a copy of the holder's portrait as it was when the number was taken.

The copy has a life of its own. A portrait that is replaced or removed later changes no certificate, and erasing the
holder deletes both.
"""

from __future__ import annotations

from certificates.models import HolderSnapshot
from certificates.press.theming import load_theme
from core.private_files import read, store
from people.models import Account, Person

FOLDER = "certificates/photos"
NONE = "none"


def photo_of(account: Account, theme_key: str) -> str:
    """Where the portrait lies, if the design shows one and there is one; else ""."""
    if load_theme(theme_key).photo == NONE or not hasattr(account, "portrait"):
        return ""
    return str(account.portrait.path)


def keep_photo(path: str) -> str:
    """Copy a portrait for a certificate that is being numbered; where the copy lies. Nothing without one."""
    return store(read(path), folder=FOLDER, suffix=".jpg").path if path else ""


def photos_of(person: Person) -> list[str]:
    """Files of photos that stand on this person's certificates and on nobody else's. Two queries."""
    own = HolderSnapshot.objects.filter(certificate__person=person).exclude(photo_path="")
    paths = set(own.values_list("photo_path", flat=True))
    others = HolderSnapshot.objects.filter(photo_path__in=paths).exclude(certificate__person=person)
    return sorted(paths - set(others.values_list("photo_path", flat=True)))

"""What stands on an issuer's shelf: the themes that new batches may choose, and the marks put under each."""

from __future__ import annotations

from dataclasses import dataclass, field

from certificates.models import Certificate, HolderSnapshot, Issuer, MarkKind, ThemeShelf
from certificates.press.theming import load_theme, usable_themes
from core.private_files import path_of, read

MARKS_FOLDER = "certificates/marks"
MARK_SUFFIX = ".png"


@dataclass(frozen=True)
class Marks:
    """What a certificate of a theme carries: `record` as its snapshot keeps it under "marks" (hashes and the post,
    nobody's name), and the name of whoever signs, which belongs into the erasable `HolderSnapshot.signer_name`."""

    record: dict[str, str] = field(default_factory=dict)
    signer_name: str = ""


def offered_themes(issuer: Issuer) -> list[tuple[str, str]]:
    """Key and title of the themes a new batch may choose, the house's standard first. A theme about which nothing was
    said is offered. One query."""
    withdrawn = set(
        ThemeShelf.objects.filter(issuer=issuer, is_offered=False).values_list("theme", flat=True)
    )
    return [(theme.key, theme.title) for theme in usable_themes() if theme.key not in withdrawn]


def marks_for(issuer: Issuer, theme_key: str) -> Marks:
    """The seal and the signature that certificates numbered now carry. One query."""
    shelf = (
        ThemeShelf.objects.filter(issuer=issuer, theme=theme_key).select_related("seal", "signature").first()
    )
    if shelf is None:
        return Marks()
    carried = load_theme(theme_key).marks
    record = {
        str(kind): mark.sha256
        for kind, mark in ((MarkKind.SEAL, shelf.seal), (MarkKind.SIGNATURE, shelf.signature))
        if mark is not None and kind in carried
    }
    signature = shelf.signature if MarkKind.SIGNATURE in record else None
    if signature is None:
        return Marks(record)
    return Marks(record | {"post": signature.post}, signature.signer)


def pictures_of(certificate: Certificate, holder: HolderSnapshot | None = None) -> dict[str, bytes]:
    """The pictures a certificate was numbered with, by the names under which its theme shows them. No query.

    Raises FileNotFoundError when one of them was erased.
    """
    holder = holder or certificate.holder
    pictures = {
        f"{kind}{MARK_SUFFIX}": read(path_of(f"{digest}{MARK_SUFFIX}", folder=MARKS_FOLDER))
        for kind, digest in certificate.snapshot.get("marks", {}).items()
        if kind in MarkKind
    }
    if holder.photo_path:
        pictures["photo.jpg"] = read(holder.photo_path)
    return pictures

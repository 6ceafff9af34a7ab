"""Themes: folders of HTML, CSS and pictures that a certificate is printed with. Read and parsed once a process.

The house's own lie beside this package; setting THEMES_ROOT names a second folder, where an operator puts more. A
broken theme can be named (`theme_faults`) and stands in nobody's way.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import Any

from django.conf import settings
from django.template import Context, Engine, Template, TemplateSyntaxError
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from certificates.press.foundry import fonts
from certificates.press.manifests import MANIFEST, files_of, read_manifest
from certificates.press.orders import Offset
from certificates.wording import check_wording
from core.errors import Refusal
from core.hashing import sha256_hex
from core.pdf import PdfTheme

THEMES = Path(__file__).parent.parent / "themes"
FIRST = "standard"


@dataclass(frozen=True)
class CertificateTheme:
    """A theme ready for use; `definition` is its theme.json, which says what the template is given."""

    definition: dict[str, Any]
    template: Template
    pdf: PdfTheme

    @property
    def key(self) -> str:
        return str(self.definition["key"])

    @property
    def title(self) -> str:
        return str(self.definition["title"])

    @property
    def photo(self) -> str:
        """Whether it shows the holder's photo: none, optional or required."""
        return str(self.definition["photo"])

    @property
    def sheets(self) -> int:
        """On how many sheets a certificate stands; 0: as many as it takes."""
        return int(self.definition["page"]["sheets"])

    @property
    def marks(self) -> tuple[str, ...]:
        """Which pictures an issuer may put under it: seal, signature."""
        return tuple(self.definition["marks"])

    @cached_property
    def digest(self) -> str:
        """SHA-256 over everything it consists of: another digest, another picture."""
        contents = ((self.pdf.root / name).read_bytes() for name in files_of(self.definition))
        return sha256_hex(b"".join(map(bytes.fromhex, map(sha256_hex, contents))))

    def html(self, context: Mapping[str, Any], *, blanks: Offset | None = None) -> str:
        """The page as HTML, everything in `context` escaped unless marked safe; with `blanks` only what differs from
        person to person, moved by it."""
        moved = {"right": f"{blanks.right / 10:.1f}", "down": f"{blanks.down / 10:.1f}"} if blanks else None
        return self.template.render(Context({**context, "blanks": moved}))

    def seal_of(self, issuer_name: str) -> SafeString:
        """Markup that shows the theme's seal for an issuer, or nothing when it has none. As a file: its strokes are
        then worked out once for all pages (`pictures.py`)."""
        name = self.definition["seals"].get(issuer_name)
        if name is None:
            return SafeString("")
        return format_html('<img src="{}" alt="{}印">', name, issuer_name)


@cache
def load_theme(key: str) -> CertificateTheme:
    """The theme of this name. Raises Refusal when there is none, or when something about it is wrong."""
    root = _folders().get(key)
    if root is None:
        raise Refusal(_("There is no certificate theme “%(key)s”.") % {"key": key}, code="theme")
    definition, faults = read_manifest(root)
    if faults:
        raise _broken(key, " ".join(faults))
    try:
        source = (root / definition["template"]).read_text(encoding="utf-8")
        template = Engine(autoescape=True).from_string(source)
        pdf = PdfTheme(root, tuple(definition["stylesheets"]), fonts())
    except (TemplateSyntaxError, OSError, ValueError) as error:
        raise _broken(key, str(error)) from error
    return CertificateTheme(definition, template, pdf)


def theme_keys() -> list[str]:
    """Names of the themes there are, broken ones included, the house's standard first."""
    return sorted(_folders(), key=lambda key: (key != FIRST, key))


def usable_themes() -> list[CertificateTheme]:
    """The themes that a certificate can be printed with."""
    return [theme for theme in _sound_themes() if theme.definition["for"] == "certificate"]


def theme_faults() -> dict[str, str]:
    """What is wrong with each broken theme, by its name."""
    faults = {}
    for key in theme_keys():
        try:
            load_theme(key)
        except Refusal as refusal:
            faults[key] = str(refusal)
    return faults


def check_theme(key: str) -> None:
    """Raises Refusal unless `key` is a theme that a certificate may be printed with."""
    check_wording(key)
    if load_theme(key).definition["for"] != "certificate":
        raise Refusal(_("There is no certificate theme “%(key)s”.") % {"key": key}, code="theme")


def _sound_themes() -> Iterator[CertificateTheme]:
    for key in theme_keys():
        try:
            yield load_theme(key)
        except Refusal:
            continue


def _folders() -> dict[str, Path]:
    """Folders by name; the house's own come before an operator's of the same name."""
    roots = [Path(settings.THEMES_ROOT)] if settings.THEMES_ROOT else []
    return {path.parent.name: path.parent for root in (*roots, THEMES) for path in root.glob(f"*/{MANIFEST}")}


def _broken(key: str, why: str) -> Refusal:
    return Refusal(_("The theme “%(key)s” cannot be used: %(why)s") % {"key": key, "why": why}, code="theme")

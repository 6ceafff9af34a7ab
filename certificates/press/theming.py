"""Themes: folders of HTML, CSS and pictures that a certificate is printed with. Read and parsed once a process."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from django.template import Context, Engine, Template
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from certificates.wording import check_wording
from core.errors import Refusal
from core.pdf import PdfTheme

THEMES = Path(__file__).parent.parent / "themes"


@dataclass(frozen=True)
class CertificateTheme:
    """A theme ready for use; `definition` is its theme.json, which says what the template is given."""

    definition: dict[str, Any]
    template: Template
    pdf: PdfTheme

    def html(self, context: dict[str, Any]) -> str:
        """The page as HTML, everything in `context` escaped unless marked safe."""
        return self.template.render(Context(context))

    def seal_of(self, issuer_name: str) -> SafeString:
        """The issuer's seal as SVG, or nothing when the theme has none for it."""
        name = self.definition["seals"].get(issuer_name)
        if name is None:
            return SafeString("")
        return mark_safe((self.pdf.root / name).read_text(encoding="utf-8"))  # noqa: S308 -- our own file


@cache
def load_theme(key: str) -> CertificateTheme:
    """The theme of this name. Raises Refusal when there is none, or when its words are not allowed."""
    root = THEMES / key
    if key not in theme_keys():
        raise Refusal(_("There is no certificate theme “%(key)s”.") % {"key": key}, code="theme")
    definition = json.loads((root / "theme.json").read_text(encoding="utf-8"))
    source = (root / definition["template"]).read_text(encoding="utf-8")
    check_wording(source)
    check_wording(definition["status_sentence"])
    pdf = PdfTheme(root, tuple(definition["stylesheets"]))
    return CertificateTheme(definition, Engine(autoescape=True).from_string(source), pdf)


def theme_keys() -> list[str]:
    """Names of the themes there are."""
    return sorted(path.parent.name for path in THEMES.glob("*/theme.json"))


def check_theme(key: str) -> None:
    """Raises Refusal unless `key` is a theme that may be printed with."""
    check_wording(key)
    load_theme(key)

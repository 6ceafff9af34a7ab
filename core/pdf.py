"""HTML to PDF as a pure function: no network, and no file outside the theme's own folder.

WeasyPrint is given a fetcher that refuses everything except files below one folder; what a holder's name or an
imported text smuggles in stays text (docs: faults.md rows 34 and 35).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from weasyprint import CSS, HTML
from weasyprint.text.fonts import FontConfiguration
from weasyprint.urls import FatalURLFetchingError, URLFetcher, URLFetcherResponse


class ThemeFetcher(URLFetcher):
    """Serves files below `root` and nothing else; every other address ends the rendering with an error."""

    def __init__(self, root: Path) -> None:
        super().__init__(allowed_protocols=("file",), fail_on_errors=True)
        self.root = root.resolve()

    def fetch(self, url: str, headers: Any = None) -> URLFetcherResponse:
        parts = urlsplit(url)
        path = Path(unquote(parts.path)).resolve()
        if parts.scheme != "file" or parts.netloc or not path.is_relative_to(self.root):
            raise FatalURLFetchingError(f"{parts.scheme}: address refused while printing")
        return super().fetch(url, headers)


@dataclass
class PdfTheme:
    """A folder of HTML, CSS and assets, with its style sheets parsed once and used for many documents."""

    root: Path
    stylesheets: tuple[str, ...]
    fonts: FontConfiguration = field(default_factory=FontConfiguration)

    def __post_init__(self) -> None:
        self.fetcher = ThemeFetcher(self.root)
        self.css = [
            CSS(filename=str(self.root / name), font_config=self.fonts, url_fetcher=self.fetcher)
            for name in self.stylesheets
        ]

    def render(self, html: str, **options: Any) -> bytes:
        """PDF bytes of `html`. The same HTML gives the same picture; `options` go to WeasyPrint's `write_pdf`."""
        document = HTML(string=html, base_url=self.root.as_uri() + "/", url_fetcher=self.fetcher)
        pdf: bytes = document.write_pdf(stylesheets=self.css, font_config=self.fonts, **options)
        return pdf

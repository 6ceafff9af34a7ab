"""HTML to PDF as a pure function: no network, and no file outside the theme's own folder.

WeasyPrint is given a fetcher that refuses everything except files below one folder and bytes that were handed over
with the HTML; what a holder's name or an imported text smuggles in stays text (docs: faults.md rows 34 and 35).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from mimetypes import guess_type
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from weasyprint import CSS, HTML
from weasyprint.document import Document
from weasyprint.text.fonts import FontConfiguration
from weasyprint.urls import FatalURLFetchingError, URLFetcher, URLFetcherResponse


class ThemeFetcher(URLFetcher):
    """Serves files below `root` and nothing else; every other address ends the rendering with an error.

    `files` are bytes by name, served as if they lay in `root`: pictures that no theme can know beforehand.
    """

    def __init__(self, root: Path, files: Mapping[str, bytes] | None = None) -> None:
        super().__init__(allowed_protocols=("file",), fail_on_errors=True)
        self.root = root.resolve()
        self.files = {(self.root / name).resolve(): content for name, content in (files or {}).items()}

    def fetch(self, url: str, headers: Any = None) -> URLFetcherResponse:
        parts = urlsplit(url)
        path = Path(unquote(parts.path)).resolve()
        if parts.scheme != "file" or parts.netloc or not path.is_relative_to(self.root):
            raise FatalURLFetchingError(f"{parts.scheme}: address refused while printing")
        if path in self.files:
            media_type, _encoding = guess_type(path.name)  # a style sheet is read only as one
            headers = {"Content-Type": media_type} if media_type else {}
            return URLFetcherResponse(url, self.files[path], headers)
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

    def render(self, html: str, *, files: Mapping[str, bytes] | None = None, **options: Any) -> bytes:
        """PDF bytes of `html`, which may show `files` by their names. The same HTML gives the same picture; `options`
        go to WeasyPrint's `write_pdf`."""
        pdf: bytes = self.lay_out(html, files=files).write_pdf(**options)
        return pdf

    def lay_out(
        self,
        html: str,
        *,
        files: Mapping[str, bytes] | None = None,
        pictures: Mapping[str, Any] | None = None,
    ) -> Document:
        """The pages of `html`, laid out and not yet painted. `pictures` are by their names, like `files`, but already
        read: WeasyPrint images, which may be used for many documents."""
        fetcher = ThemeFetcher(self.root, files) if files else self.fetcher
        document = HTML(string=html, base_url=self.address_of(""), url_fetcher=fetcher)
        known = {self.address_of(name): picture for name, picture in (pictures or {}).items()}
        return document.render(stylesheets=self.css, font_config=self.fonts, cache=known)

    def address_of(self, name: str) -> str:
        """The address under which a document finds the theme's file of that name."""
        return f"{self.root.as_uri()}/{name}"

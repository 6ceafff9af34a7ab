"""Printing touches nothing but the theme: no address, no file (faults.md rows 34 and 35)."""

from __future__ import annotations

import contextlib
import io
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest
from django.template import Context, Template
from PIL import Image
from pypdf import PdfReader
from weasyprint import HTML
from weasyprint.urls import FatalURLFetchingError

from core.pdf import PdfTheme

SVG = '<svg xmlns="http://www.w3.org/2000/svg" width="10" height="10"><rect width="10" height="10"/></svg>'


@pytest.fixture
def theme(tmp_path: Path) -> PdfTheme:
    folder = tmp_path / "theme"
    folder.mkdir()
    (folder / "page.css").write_text("@page { size: A5 } body { font: 12pt 'Noto Serif CJK SC', serif }")
    (folder / "seal.svg").write_text(SVG)
    (tmp_path / "secret.svg").write_text(SVG)
    return PdfTheme(folder, ("page.css",))


@pytest.fixture
def listener() -> Iterator[tuple[str, list[str]]]:
    """A web server on loopback that notes every visit; `/away` redirects to a file."""
    visits: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            visits.append(self.path)
            self.send_response(302 if self.path == "/away" else 200)
            self.send_header("Location", "file:///etc/passwd")
            self.end_headers()

        def log_message(self, *args: Any) -> None:
            """Quiet."""

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}", visits
    server.shutdown()
    thread.join()


def text_of(pdf: bytes) -> str:
    return "".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages)


ATTACKS = {
    "img": '<img src="{web}/x.png">',
    "img, no scheme": '<img src="//127.0.0.1/x.png">',
    "srcset": '<img src="{web}/x.png" srcset="{web}/y.png 2x">',
    "@import": '<style>@import url("{web}/x.css");</style>',
    "background": '<p style="background: url({web}/x.png)">x</p>',
    "font": "<style>@font-face {{ font-family: x; src: url({web}/x.woff) }} p {{ font-family: x }}</style><p>x</p>",
    "stylesheet link": '<link rel="stylesheet" href="{web}/x.css">',
    "svg image": '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" '
    'width="9" height="9"><image xlink:href="{web}/x.png" width="9" height="9"/></svg>',
    "svg use": '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><use href="{web}/x.svg#a"/></svg>',
    "object": '<object data="{web}/x.svg" type="image/svg+xml"></object>',
    "embed": '<embed src="{web}/x.svg">',
    "attachment link": '<a rel="attachment" href="{web}/x.txt">x</a>',
    "attachment head": '<link rel="attachment" href="{web}/x.txt">',
    "redirect": '<img src="{web}/away">',
    "list marker": '<ul style="list-style-image: url({web}/x.png)"><li>x</li></ul>',
    "content": "<style>p::before {{ content: url({web}/x.png) }}</style><p>x</p>",
    "base": '<base href="{web}/"><img src="x.png">',
}


@pytest.mark.parametrize("attack", ATTACKS)
def test_printing_opens_no_connection(theme: PdfTheme, listener: tuple[str, list[str]], attack: str) -> None:
    address, visits = listener
    with contextlib.suppress(FatalURLFetchingError):  # refusing to print is as good as printing without
        theme.render(ATTACKS[attack].format(web=address))
    assert visits == []


def test_listener_would_hear_an_unguarded_printer(listener: tuple[str, list[str]]) -> None:
    """The control: WeasyPrint as it comes does call."""
    address, visits = listener
    HTML(string=ATTACKS["img"].format(web=address)).write_pdf()
    assert visits == ["/x.png"]


def test_refused_address_ends_the_printing(theme: PdfTheme, listener: tuple[str, list[str]]) -> None:
    address, _visits = listener
    with pytest.raises(FatalURLFetchingError, match="refused"):
        theme.render(ATTACKS["img"].format(web=address))


@pytest.mark.parametrize(
    "html",
    [
        '<img src="file:///etc/passwd">',
        '<a rel="attachment" href="file:///etc/passwd">x</a>',
        '<link rel="stylesheet" href="file:///etc/passwd">',
        '<img src="../secret.svg">',
        '<img src="%2e%2e/secret.svg">',
        '<img src="seal.svg/../../secret.svg">',
        '<img src="file://localhost/etc/passwd">',
        '<img src="link.svg">',
        '<img src="data:image/svg+xml,%3Csvg/%3E">',
    ],
)
def test_printing_reads_no_file_outside_the_theme(theme: PdfTheme, html: str) -> None:
    (theme.root / "link.svg").symlink_to(theme.root.parent / "secret.svg")
    with pytest.raises(FatalURLFetchingError):
        theme.render(html)


def test_printing_reads_the_theme(theme: PdfTheme) -> None:
    pdf = theme.render('<p>培训合格证书</p><img src="seal.svg">')
    assert text_of(pdf).strip() == "培训合格证书"


def test_printing_shows_bytes_handed_over_with_the_page(theme: PdfTheme) -> None:
    picture = io.BytesIO()
    Image.new("RGB", (4, 4), "teal").save(picture, "PNG")
    pdf = theme.render('<img src="photo.png">', files={"photo.png": picture.getvalue()})
    assert [len(page.images) for page in PdfReader(io.BytesIO(pdf)).pages] == [1]


@pytest.mark.parametrize("address", ["../secret.svg", "file:///etc/passwd", "photo.png/../../secret.svg"])
def test_bytes_handed_over_open_no_other_file(theme: PdfTheme, address: str) -> None:
    with pytest.raises(FatalURLFetchingError):
        theme.render(f'<img src="{address}">', files={"photo.png": b"", "../secret.svg": SVG.encode()})


def test_markup_in_a_name_stays_text(theme: PdfTheme, listener: tuple[str, list[str]]) -> None:
    """faults.md row 35: templates escape, so what a name smuggles in is printed, not obeyed."""
    address, visits = listener
    name = f'<img src="{address}/x.png"><b>张三</b><style>p {{ display: none }}</style>'
    html = Template("<p>{{ name }}</p>").render(Context({"name": name}))
    printed = text_of(theme.render(html)).replace("\n", "")
    assert "<b>张三</b>" in printed
    assert "<style>p { display: none }</style>" in printed
    assert visits == []


def test_rare_characters_are_printed_as_they_are(theme: PdfTheme) -> None:
    assert text_of(theme.render("<p>程𬭎 阿依古丽·买买提</p>")).strip() == "程𬭎 阿依古丽·买买提"


def test_same_page_twice_is_the_same_bytes(theme: PdfTheme) -> None:
    html = "<p>培训合格证书</p>"
    assert theme.render(html, pdf_identifier=b"x") == theme.render(html, pdf_identifier=b"x")

"""From registered copies to PDF bytes: a cover for the invigilator, then each candidate's paper on sheets of its own.

The words are the site's, not the printing person's, so that the same paper is printed whoever asks for it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path

import segno
from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from assessments.bank.media import bytes_of
from assessments.exams.settings import ExamSettings
from assessments.halls.copies import Registered, papers_of
from assessments.halls.copy_sheets import PrintedQuestion, printed_question
from assessments.models import ExamRoom, PaperCopy, Seat
from core.errors import Refusal
from core.pdf import PdfTheme
from people.accounts import names_of

THEME = Path(__file__).parent / "themes" / "copy"


@dataclass(frozen=True)
class PrintedCopy:
    """One candidate's paper, ready for the template. `code_text` is the code in groups of four."""

    copy: PaperCopy
    name: str
    code_text: str
    qr_svg: SafeString
    settings: ExamSettings
    questions: tuple[PrintedQuestion, ...]

    @property
    def seat(self) -> Seat:
        return self.copy.seat


def print_copies(registered: Registered, *, room: ExamRoom, now: datetime) -> bytes:
    """The PDF of these papers. Raises Refusal when a picture is missing from the store.

    Takes seconds for a full room: call it outside transactions. Queries: one for the names, one for each release.
    """
    with translation.override(settings.LANGUAGE_CODE):
        copies = _printed(registered.copies)
        context = {
            "room": room,
            "copies": copies,
            "refused": registered.refused,
            "printed_at": now,
            "address": address_of_keying(),
        }
        html = render_to_string("assessments/copies/print/room.html", context)
    return _theme().render(html, files=_pictures(copies))


def address_of_keying(code: str = "") -> str:
    """Where a paper is typed in: what its QR says, or without a code where the number is asked for."""
    path = reverse("assessments:copy", args=[code]) if code else reverse("assessments:copies")
    return f"{settings.BASE_URL.rstrip('/')}{path}"


def grouped(code: str) -> str:
    """The code as people read it aloud: four characters at a time."""
    return " ".join(code[at : at + 4] for at in range(0, len(code), 4)).upper()


@cache
def _theme() -> PdfTheme:
    return PdfTheme(THEME, ("copy.css",))


def _printed(copies: Sequence[PaperCopy]) -> tuple[PrintedCopy, ...]:
    papers = papers_of(copies)
    names = names_of({copy.seat.person_id for copy in copies})
    return tuple(
        PrintedCopy(
            copy=copy,
            name=names.get(copy.seat.person_id, ""),
            code_text=grouped(copy.code),
            qr_svg=_qr(address_of_keying(copy.code)),
            settings=ExamSettings.of(copy.exam_version.document),
            questions=tuple(map(printed_question, papers[copy.pk])),
        )
        for copy in copies
    )


def _pictures(copies: Iterable[PrintedCopy]) -> dict[str, bytes]:
    shown = {file for copy in copies for question in copy.questions for file in question.files}
    try:
        return {file: bytes_of(file) for file in sorted(shown)}
    except FileNotFoundError as error:
        raise Refusal(
            _(
                "A picture of this exam is missing from the store, so nothing was printed. Ask the operator to "
                "restore the private files."
            ),
            code="picture",
        ) from error


def _qr(address: str) -> SafeString:
    """An inline SVG of the address, painted by attributes: the page's CSS does not reach into it."""
    svg: str = segno.make(address, error="m", micro=False).svg_inline(
        border=2, dark="#000", light="#fff", omitsize=True, svgclass=None, lineclass=None
    )
    return mark_safe(svg)  # noqa: S308 -- made of numbers by segno

"""What goes to paper for one certificate: the stored file as it is, or on preprinted blanks only what differs from
person to person, moved by the run's offsets."""

from __future__ import annotations

import logging
from dataclasses import replace

from certificates.models import Certificate, PrintKind, PrintRun
from certificates.press import Offset, print_order
from certificates.printing import Printable, order_of
from core.hashing import sha256_hex
from core.private_files import read

logger = logging.getLogger(__name__)


def paper_of(run: PrintRun, certificate: Certificate) -> bytes | None:
    """The PDF of one sheet of a run; None where the stored file is gone or is not what was handed out."""
    if run.kind == PrintKind.WHOLE:
        return stored_file(certificate)
    return print_order_over(
        Printable(certificate, certificate.holder), Offset(run.offset_right, run.offset_down)
    )


def stored_file(certificate: Certificate) -> bytes | None:
    """The bytes as handed out, never printed again; None when they are gone or were changed."""
    document = certificate.document
    try:
        content = read(document.path)
    except FileNotFoundError:
        logger.error("the file of certificate %s is missing", certificate.serial)
        return None
    return content if sha256_hex(content) == document.sha256 else None


def print_order_over(printable: Printable, offset: Offset) -> bytes:
    """What a blank lacks to be this certificate, moved. Raises what the press raises."""
    return print_order(replace(order_of(printable), blanks=offset)).pdf

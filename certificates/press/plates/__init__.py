"""The fast path: a page is laid out once per shape, and each person's text is stamped into bytes that are ready.

Most of a certificate is the same for everybody. So WeasyPrint lays out and paints the page of a *shape*: the theme's
page with 国 for every Chinese character and 0 for every digit of a field (`shapes`), or with a single character where
the text moves nothing but its own line (`lines`). The result is a plate (`casting`): a file whose constant objects,
tags and structure are already compressed (`files`), and a content stream with holes. Printing fills the holes with the
glyphs of one person's texts (`faces`), the modules of the QR code (`codes`), a font of those glyphs and the imprint.

What cannot be printed so is not: the answer is None, and the full path prints it.
"""

from __future__ import annotations

from certificates.press.plates.printing import print_fast

__all__ = ["print_fast"]

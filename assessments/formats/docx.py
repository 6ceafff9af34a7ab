"""Word (.docx, ECMA-376 Part 1): a numbered paper in Chinese, as `text_zh` reads and writes it, in Word's clothes.

Read: the paragraphs of the document, those in tables too, each as the line one sees: with its automatic number
(decimal, letters, Chinese numerals, circled numbers), tabs and line breaks, underlined space as a gap, what is raised
or lowered and formulas as in `formats.formulas`, tracked insertions but not deletions. A picture, in a paragraph of the
stem or in one to itself, goes behind the stem, with the description Word has of it; of one in an option only the
description is kept. Text boxes, footnotes, linked pictures and symbols of unknown fonts are told and left out. Other
formatting says nothing here.

Written: the text of `text_zh`, a paragraph a line. Pictures and sounds are not carried.
"""

import re
from collections.abc import Iterable, Iterator
from functools import partial
from io import BytesIO
from typing import Any, BinaryIO
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from assessments.formats.docx_formulas import FORMULA, M, formula, set_small, settled_small
from assessments.formats.docx_numbering import Numbering, W, numbering_of
from assessments.formats.docx_package import Package, no_word
from assessments.formats.exchange import Draft, FileRefused, Format, Found, Loss
from assessments.formats.markup import elements
from assessments.formats.text_zh import some
from assessments.formats.text_zh.blocks import Line
from assessments.formats.text_zh.pictures import Shown, mark, settled, unmarked
from assessments.formats.text_zh.reading import Remark, read_lines
from assessments.formats.text_zh.writing import written
from assessments.formats.usual import PICTURE, at_paragraph
from assessments.items.problems import Message
from assessments.items.problems import gettext_noop as _

A = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
MC = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
R = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
WP = "{http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing}"
V = "{urn:schemas-microsoft-com:vml}"

UNSEEN = {
    f"{W}{name}" for name in ("pPr", "rPr", "del", "moveFrom", "instrText", "delText", "txbxContent", "rt")
}
UNSEEN |= {f"{MC}Fallback"}
NOTES = {f"{W}footnoteReference", f"{W}endnoteReference"}
SYMBOLS = {
    ("Wingdings", "FC"): "√",
    ("Wingdings", "FB"): "×",
    ("Wingdings 2", "50"): "√",
    ("Wingdings 2", "4F"): "×",
}

_ILLEGAL = re.compile("[\x00-\x08\x0b-\x1f\ud800-\udfff\ufffe\uffff]")

_TYPES = """<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">\
<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>\
<Override PartName="/word/document.xml" \
ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/></Types>"""
_RELATIONS = """<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" \
Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" \
Target="word/document.xml"/></Relationships>"""
_HEAD = """<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body>"""
_TAIL = '<w:sectPr><w:pgSz w:w="11906" w:h="16838"/></w:sectPr></w:body></w:document>'
_FONTS = '<w:rPr><w:rFonts w:ascii="Times New Roman" w:hAnsi="Times New Roman" w:eastAsia="宋体"/></w:rPr>'


class Docx(Format):
    code = "docx"
    title = _("Numbered paper in Chinese (Word)")
    suffixes = (".docx",)

    def read(self, source: BinaryIO) -> Iterator[Found]:
        """Word writes the paragraph's number nowhere; ours is its place in the document, text boxes left out."""
        document = _Document(Package(source))
        lines = list(document.lines())
        shown, alone, remarks = document.pictures, document.alone, document.remarks
        return some(read_lines(lines, at_paragraph, shown, alone, remarks))

    def write(self, drafts: Iterable[Draft], target: BinaryIO) -> list[Loss]:
        paper, losses = written(drafts, holds=lambda line: _ILLEGAL.search(line) is None)
        with ZipFile(target, "w", ZIP_DEFLATED) as package:
            for name, content in (("[Content_Types].xml", _TYPES), ("_rels/.rels", _RELATIONS)):
                package.writestr(_entry(name), content)
            with package.open(_entry("word/document.xml"), "w") as document:
                document.write(_HEAD.encode())
                for line in paper:
                    document.write(_paragraph(line).encode())
                document.write(_TAIL.encode())
        return losses


def _entry(name: str) -> ZipInfo:
    entry = ZipInfo(name)  # of 1980, so that the same paper is the same file
    entry.compress_type = ZIP_DEFLATED
    return entry


def _paragraph(line: str) -> str:
    if not line:
        return "<w:p/>"
    text = line.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    runs = '</w:t><w:tab/><w:t xml:space="preserve">'.join(text.split("\t"))
    return f'<w:p><w:r>{_FONTS}<w:t xml:space="preserve">{runs}</w:t></w:r></w:p>'


class _Document:
    """The document as lines, with its pictures by name and what had to be left out, each with its paragraph."""

    def __init__(self, package: Package) -> None:
        self.package = package
        main = [name for kind, name in package.related("").values() if kind == "officeDocument"]
        self.name = main[0] if main else "word/document.xml"
        content = package.part(self.name)
        if content is None:
            raise no_word()
        self.content = content
        self.related = package.related(self.name)
        self.numbering: Numbering = numbering_of(self._xml("numbering"), self._xml("styles"))
        self.pictures: list[Shown] = []
        self.alone: list[int] = []
        self.remarks: list[Remark] = []
        self.number = 0

    def _xml(self, kind: str) -> Any:
        name = next((name for each, name in self.related.values() if each == kind), None)
        return self.package.xml(name) if name else None

    def lines(self) -> Iterator[Line]:
        """A line for each paragraph, and one more for each break in it; a paragraph whose end was deleted runs on."""
        before = ""
        for paragraph in elements(BytesIO(self.content), f"{W}p"):
            if paragraph.getroottree().docinfo.doctype:
                raise FileRefused(Message(_("The file declares a document type, which Word never does.")))
            if self.is_aside(paragraph):
                continue
            self.number += 1
            text = before + self.numbered(
                paragraph, settled_small("".join(self.seen(paragraph))), counted=not before
            )
            before = text if paragraph.find(f"{W}pPr/{W}rPr/{W}del") is not None else ""
            if not before:
                yield from self.settled(text)
        yield from self.settled(before) if before else ()

    def settled(self, text: str) -> Iterator[Line]:
        """The lines of a paragraph; one that holds only pictures is none."""
        for line in text.split("\n"):
            kept, alone = settled(line)
            self.alone += alone
            if not alone:
                yield Line(self.number, kept)

    def numbered(self, paragraph: Any, text: str, *, counted: bool) -> str:
        """The text behind the paragraph's number; an empty one counts, and shows nothing worth reading."""
        label = self.numbering.label(paragraph) if counted else ""
        return f"{label}{text}" if text.strip() else ""

    def is_aside(self, paragraph: Any) -> bool:
        """Whether it stands in a text box; the one for older programs is the same box again."""
        around = {each.tag for each in paragraph.iterancestors()}
        if f"{W}txbxContent" not in around:
            return f"{MC}Fallback" in around
        text = unmarked("".join(paragraph.itertext(f"{W}t", f"{M}t"))).strip()
        pictured = next(paragraph.iter(f"{A}blip", f"{V}imagedata"), None) is not None
        if f"{MC}Fallback" not in around and (text or pictured):
            self.remark(
                _("paragraph %(number)s: a text box was left out: %(text)s"),
                number=self.number + 1,
                text=text[:40] or PICTURE,
            )
        return True

    def remark(self, msgid: str, number: int | None = None, **params: str) -> None:
        at = self.number if number is None else number
        self.remarks.append((at, Message(msgid, {"number": at, **params})))

    def seen(self, element: Any) -> Iterator[str]:
        """What a reader sees of the inside of an element."""
        waiting = [iter(element)]
        while waiting:
            each = next(waiting[-1], None)
            if each is None:
                waiting.pop()
            elif each.tag == FORMULA:
                yield unmarked(formula(each))
            elif isinstance(each.tag, str) and each.tag not in UNSEEN:
                yield self.sign(each)
                waiting.append(iter(each))

    def sign(self, each: Any) -> str:
        """What this element itself shows, without what is inside it."""
        tag = each.tag
        if tag == f"{W}t":
            text = unmarked(str(each.text or ""))
            return (
                _gap(text)
                if text and not text.strip() and _ruled(each)
                else set_small(text, each.getparent())
            )
        if tag == f"{W}tab":
            return "____" if _ruled(each) else "\t"
        if tag in (f"{W}br", f"{W}cr"):
            return "\n"
        if tag == f"{W}noBreakHyphen":
            return "-"
        if tag == f"{W}sym":
            return self.symbol(each)
        if tag == f"{A}blip":
            return self.picture(str(each.get(f"{R}embed") or each.get(f"{R}link") or ""), _said_of(each))
        if tag == f"{V}imagedata":
            return self.picture(str(each.get(f"{R}id") or ""), str(each.getparent().get("alt") or ""))
        if tag in NOTES:
            self.remark(_("paragraph %(number)s: a footnote was left out."))
        return ""

    def symbol(self, each: Any) -> str:
        font, code = str(each.get(f"{W}font")), str(each.get(f"{W}char")).upper()
        known = SYMBOLS.get((font, code[-2:]))
        if known is None:
            self.remark(
                _("paragraph %(number)s: the symbol %(code)s of the font %(font)s was left out."),
                code=code,
                font=font,
            )
        return known or ""

    def picture(self, relation: str, alt: str) -> str:
        """The mark of a picture. It is fetched when its question is read."""
        kind, name = self.related.get(relation, ("", relation))
        content = partial(self.package.picture, name if kind == "image" else "")
        self.pictures.append(Shown(name, alt, self.number, content))
        return mark(len(self.pictures) - 1)


def _said_of(blip: Any) -> str:
    """The description of the drawing a picture stands in."""
    for around in blip.iterancestors(f"{WP}inline", f"{WP}anchor"):
        properties = around.find(f"{WP}docPr")
        return "" if properties is None else str(properties.get("descr") or "")
    return ""


def _ruled(each: Any) -> bool:
    """Whether the run is underlined."""
    line = each.getparent().find(f"{W}rPr/{W}u")
    return line is not None and line.get(f"{W}val") != "none"


def _gap(text: str) -> str:
    return "_" * max(len(text), 2)

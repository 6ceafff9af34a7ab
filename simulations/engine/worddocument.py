"""Tables of a Word file (.docx, ECMA-376 Part 1) that a stranger sent, within limits; and a file with one table."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from io import BytesIO
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from lxml import etree

from core.archives import BROKEN, is_swollen

from . import messages as say
from .messages import Message

MOST_BYTES = 10 * 2**20
MOST_UNPACKED = 32 * 2**20
MOST_RATIO = 300
RATIO_FROM = 2**20
DOCUMENT = "word/document.xml"

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_UNSEEN = {
    f"{W}{name}" for name in ("pPr", "rPr", "del", "moveFrom", "instrText", "delText", "txbxContent", "tbl")
}
_BREAKS = {f"{W}br": "\n", f"{W}cr": "\n", f"{W}tab": "\t", f"{W}noBreakHyphen": "-"}


class WordRefused(ValueError):
    """The file is not read; `message` says why."""

    def __init__(self, template: str, **values: object) -> None:
        self.message: Message = say.say(template, **values)
        super().__init__(str(self.message))


@dataclass(frozen=True)
class TableRow:
    """One row of the tables, counted through all of them from 1; `cells` is how many it has."""

    number: int
    label: str
    text: str
    cells: int = 2


def table_rows(content: bytes) -> list[TableRow]:
    """The rows of all tables of the file that say anything. Raises WordRefused."""
    root = _document(content)
    rows = []
    outer = (
        table for table in root.iter(f"{W}tbl") if not any(a.tag == f"{W}tbl" for a in table.iterancestors())
    )
    number = 0
    for table in outer:
        for row in table.iterchildren(f"{W}tr"):
            number += 1
            cells = [_cell(cell) for cell in row.iterchildren(f"{W}tc")]
            if any(cell.strip() for cell in cells):
                label, text, *_rest = [*cells, "", ""]
                rows.append(TableRow(number, label, text, len(cells)))
    if not rows:
        raise WordRefused(say.TABLE_NONE)
    return rows


def _document(content: bytes) -> Any:
    if len(content) > MOST_BYTES:
        raise WordRefused(say.TABLE_TOO_LARGE, limit=MOST_BYTES // 2**20)
    try:
        with ZipFile(BytesIO(content)) as package:
            entry = package.getinfo(DOCUMENT)
            if is_swollen(entry, ratio=MOST_RATIO, over=RATIO_FROM) or entry.file_size > MOST_UNPACKED:
                raise WordRefused(say.TABLE_TOO_LARGE, limit=MOST_BYTES // 2**20)
            with package.open(entry) as part:
                xml = part.read(MOST_UNPACKED + 1)
    except WordRefused:
        raise
    except (*BROKEN, KeyError):
        raise WordRefused(say.TABLE_NO_WORD) from None
    if len(xml) > MOST_UNPACKED:
        raise WordRefused(say.TABLE_TOO_LARGE, limit=MOST_BYTES // 2**20)
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        root = etree.fromstring(xml, parser)
    except (etree.XMLSyntaxError, ValueError):
        raise WordRefused(say.TABLE_NO_WORD) from None
    if root.getroottree().docinfo.doctype:  # type: ignore[union-attr]  # the stubs know too little
        raise WordRefused(say.TABLE_DOCTYPE)
    return root


def _cell(cell: Any) -> str:
    paragraphs = ("".join(_seen(paragraph)) for paragraph in cell.iterchildren(f"{W}p"))
    return "\n".join(text.strip() for text in paragraphs if text.strip())


def _seen(element: Any) -> Iterator[str]:
    """What a reader sees of the inside of a paragraph; what was deleted with tracking is not seen."""
    waiting = [iter(element)]
    while waiting:
        each = next(waiting[-1], None)
        if each is None:
            waiting.pop()
        elif isinstance(each.tag, str) and each.tag not in _UNSEEN:
            if each.tag == f"{W}t":
                yield str(each.text or "")
            yield _BREAKS.get(each.tag, "")
            waiting.append(iter(each))


# Writing one

_TYPES = """<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">\
<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>\
<Override PartName="/word/document.xml" \
ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/></Types>"""
_RELATIONS = """<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" \
Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" \
Target="word/document.xml"/></Relationships>"""
_BORDERS = "".join(
    f'<w:{side} w:val="single" w:sz="4" w:space="0" w:color="999999"/>'
    for side in ("top", "left", "bottom", "right", "insideH", "insideV")
)
_FONTS = '<w:rPr><w:rFonts w:ascii="Times New Roman" w:hAnsi="Times New Roman" w:eastAsia="宋体"/></w:rPr>'


def table_file(heading: Iterable[str], rows: Iterable[tuple[str, str]]) -> bytes:
    """A Word file with paragraphs and a table of two columns. The same content is the same file."""
    body = "".join(_paragraph(line) for line in heading)
    lines = "".join(f"<w:tr>{_made_cell(label, 1700)}{_made_cell(text, 7300)}</w:tr>" for label, text in rows)
    document = (
        f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<w:document xmlns:w="{W[1:-1]}"><w:body>{body}'
        f'<w:tbl><w:tblPr><w:tblW w:w="9000" w:type="dxa"/><w:tblBorders>{_BORDERS}</w:tblBorders></w:tblPr>'
        f'<w:tblGrid><w:gridCol w:w="1700"/><w:gridCol w:w="7300"/></w:tblGrid>{lines}</w:tbl><w:p/>'
        '<w:sectPr><w:pgSz w:w="11906" w:h="16838"/></w:sectPr></w:body></w:document>'
    )
    target = BytesIO()
    with ZipFile(target, "w", ZIP_DEFLATED) as package:
        for name, content in (
            ("[Content_Types].xml", _TYPES),
            ("_rels/.rels", _RELATIONS),
            (DOCUMENT, document),
        ):
            entry = ZipInfo(name)  # of 1980
            entry.compress_type = ZIP_DEFLATED
            package.writestr(entry, content)
    return target.getvalue()


def _made_cell(text: str, width: int) -> str:
    paragraphs = "".join(_paragraph(line) for line in text.split("\n"))
    return f'<w:tc><w:tcPr><w:tcW w:w="{width}" w:type="dxa"/></w:tcPr>{paragraphs}</w:tc>'


def _paragraph(line: str) -> str:
    text = line.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return f'<w:p><w:r>{_FONTS}<w:t xml:space="preserve">{text}</w:t></w:r></w:p>'

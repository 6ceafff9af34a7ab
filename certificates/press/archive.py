"""What makes a print fit for keeping: PDF/A-3u and PDF/UA-1 at once, for the full and the fast path.

A file says who it is twice: in the document information, and in an XMP packet that is never compressed, so that a
plain search finds our mark (`certificates/marking.py`) when no PDF reader can open the file any more. Both say the
same (ISO 19005-3, 6.6). Everything is taken from the order: no clock, no chance; equal orders give equal bytes.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from hashlib import md5, sha256
from importlib.resources import files
from typing import Any
from xml.sax.saxutils import escape

import pydyf
from weasyprint import VERSION

from certificates.press.orders import Attachment, Order

LANGUAGE = "zh-Hans"
PDF_VERSION = "1.7"
PRODUCER = f"WeasyPrint {VERSION}"
CREATOR = "青蓝 Qinglan"
_COLOURS = "sRGB2014.icc"  # the International Color Consortium's own, free to pass on; WeasyPrint carries it


@dataclass(frozen=True)
class Imprint:
    """What a file says about itself; `made_at` in seconds, with its zone."""

    title: str
    author: str
    description: str
    serial: str
    address: str
    made_at: datetime


def imprint_of(order: Order) -> Imprint:
    """The imprint of an order's page; its title is what the page is called and its number."""
    context = order.context
    scheme: Mapping[str, Any] = context.get("scheme") or {}
    level = scheme.get("level")
    return Imprint(
        title=f"{context.get('certificate_title', '')} {order.serial}".strip(),
        author=(context.get("issuer") or {}).get("name", ""),
        description=scheme.get("title", "") + (f"（{level}）" if level else ""),
        serial=order.serial,
        address=order.address,
        made_at=datetime.fromisoformat(order.made_at).replace(microsecond=0),
    )


def file_identifier(order: Order) -> bytes:
    """The file's permanent name (ISO 32000-1, 14.4): the same for each print of one order's number and address."""
    return sha256(f"{order.serial}\n{order.address}".encode()).hexdigest()[:32].encode()


def information(imprint: Imprint) -> dict[str, str]:
    """The document information, ready for `pydyf.String`."""
    at = pdf_date(imprint.made_at)
    return {
        "Title": imprint.title,
        "Author": imprint.author,
        "Subject": imprint.description,
        "Keywords": imprint.address,
        "Creator": CREATOR,
        "Producer": PRODUCER,
        "CreationDate": at,
        "ModDate": at,
    }


def pdf_date(at: datetime) -> str:
    """D:20261122090000+08'00'."""
    zone = at.strftime("%z") or "+0000"
    return f"D:{at:%Y%m%d%H%M%S}{zone[:3]}'{zone[3:5]}'"


def xmp_packet(imprint: Imprint) -> bytes:
    """The metadata stream's content (ISO 16684-1), to be written uncompressed."""
    facts = {
        "title": imprint.title,
        "author": imprint.author,
        "description": imprint.description,
        "serial": imprint.serial,
        "address": imprint.address,
        "made_at": imprint.made_at.isoformat(),
        "language": LANGUAGE,
        "creator": CREATOR,
        "producer": PRODUCER,
    }
    return _XMP.format(**{name: escape(value) for name, value in facts.items()}).encode()


def archive(pdf: pydyf.PDF, order: Order) -> None:
    """Turn a tagged PDF about to be written into one that keeps: metadata, colours, attachments.

    WeasyPrint has written the tags, the language and the viewer's preferences (`pdf_tags`)."""
    imprint = imprint_of(order)
    pdf.info.clear()
    pdf.info.update({key: pydyf.String(text) for key, text in information(imprint).items() if text})
    packet = pydyf.Stream([xmp_packet(imprint)], {"Type": "/Metadata", "Subtype": "/XML"})
    pdf.add_object(packet)
    pdf.catalog["Metadata"] = packet.reference
    prepare(pdf)
    add_attachments(pdf, order.attachments, imprint.made_at)


def prepare(pdf: pydyf.PDF) -> None:
    """What every print has alike: its language, its colours, and pictures as they are (ISO 19005-3, 6.2.8)."""
    pdf.catalog["Lang"] = pydyf.String(LANGUAGE)
    _add_colours(pdf)
    for each in pdf.objects:
        if isinstance(each, pydyf.Stream) and each.extra.get("Subtype") == "/Image":
            each.extra["Interpolate"] = "false"


def packed(content: bytes, level: int = 9) -> bytes:
    """Compressed, and not ending like a line: checkers take such an end for the line end before `endstream` and call
    the length wrong. What follows the end of compressed data is read by nobody."""
    compressed = zlib.compress(content, level)
    return compressed + b"\0" if compressed.endswith((b"\r", b"\n")) else compressed


def _add_colours(pdf: pydyf.PDF) -> None:
    """The page's plain red, green and blue are sRGB."""
    profile = pydyf.Stream([_packed_colours()], {"N": 3, "Filter": "/FlateDecode"})
    pdf.add_object(profile)
    intent = pydyf.Dictionary(
        {
            "Type": "/OutputIntent",
            "S": "/GTS_PDFA1",
            "OutputConditionIdentifier": pydyf.String(_COLOURS),
            "Info": pydyf.String(_COLOURS),
            "DestOutputProfile": profile.reference,
        }
    )
    pdf.catalog["OutputIntents"] = pydyf.Array([intent])


@cache
def _packed_colours() -> bytes:
    return packed((files("weasyprint.pdf") / _COLOURS).read_bytes())


def add_attachments(pdf: pydyf.PDF, attachments: Iterable[Attachment], made_at: datetime) -> None:
    """Files inside the file, each saying what it is to the page (ISO 19005-3, 6.8)."""
    found = {each.name: _add_attachment(pdf, each, made_at) for each in attachments}
    if not found:
        return
    names = pydyf.Array()
    for name in sorted(found, key=lambda name: pydyf.String(name).data):
        names.extend([pydyf.String(name), found[name]])
    tree = pydyf.Dictionary({"Names": names})
    pdf.add_object(tree)
    pdf.catalog.setdefault("Names", pydyf.Dictionary())["EmbeddedFiles"] = tree.reference
    pdf.catalog["AF"] = pydyf.Array(found.values())


def _add_attachment(pdf: pydyf.PDF, attachment: Attachment, made_at: datetime) -> bytes:
    """The reference of its file specification."""
    at = pydyf.String(pdf_date(made_at))
    content = attachment.content
    details = {
        "Size": len(content),
        "CheckSum": f"<{md5(content, usedforsecurity=False).hexdigest()}>",
        "CreationDate": at,
        "ModDate": at,
    }
    kind = {"Type": "/EmbeddedFile", "Subtype": f"/{attachment.media_type.replace('/', '#2f')}"}
    stream = pydyf.Stream([content], kind | {"Params": pydyf.Dictionary(details)}, compress=True)
    pdf.add_object(stream)
    specification = pydyf.Dictionary(
        {
            "Type": "/Filespec",
            "F": pydyf.String(attachment.name),
            "UF": pydyf.String(attachment.name),
            "Desc": pydyf.String(attachment.name),
            "EF": pydyf.Dictionary({"F": stream.reference, "UF": stream.reference}),
            "AFRelationship": f"/{attachment.relationship}",
        }
    )
    pdf.add_object(specification)
    reference: bytes = specification.reference
    return reference


# PDF/A knows no PDF/UA: the schema of pdfuaid:part must be described in the packet itself (ISO 19005-3, 6.6.2.3).
_XMP = """<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/"
 xmlns:xmp="http://ns.adobe.com/xap/1.0/" xmlns:pdf="http://ns.adobe.com/pdf/1.3/"
 xmlns:pdfaid="http://www.aiim.org/pdfa/ns/id/" xmlns:pdfuaid="http://www.aiim.org/pdfua/ns/id/">
<pdfaid:part>3</pdfaid:part><pdfaid:conformance>U</pdfaid:conformance><pdfuaid:part>1</pdfuaid:part>
<dc:title><rdf:Alt><rdf:li xml:lang="x-default">{title}</rdf:li></rdf:Alt></dc:title>
<dc:creator><rdf:Seq><rdf:li>{author}</rdf:li></rdf:Seq></dc:creator>
<dc:description><rdf:Alt><rdf:li xml:lang="x-default">{description}</rdf:li></rdf:Alt></dc:description>
<dc:language><rdf:Bag><rdf:li>{language}</rdf:li></rdf:Bag></dc:language>
<dc:format>application/pdf</dc:format>
<dc:identifier>{serial}</dc:identifier><dc:source>{address}</dc:source>
<xmp:CreateDate>{made_at}</xmp:CreateDate><xmp:ModifyDate>{made_at}</xmp:ModifyDate>
<xmp:MetadataDate>{made_at}</xmp:MetadataDate><xmp:CreatorTool>{creator}</xmp:CreatorTool>
<pdf:Keywords>{address}</pdf:Keywords><pdf:Producer>{producer}</pdf:Producer>
</rdf:Description>
<rdf:Description rdf:about="" xmlns:pdfaExtension="http://www.aiim.org/pdfa/ns/extension/"
 xmlns:pdfaSchema="http://www.aiim.org/pdfa/ns/schema#" xmlns:pdfaProperty="http://www.aiim.org/pdfa/ns/property#">
<pdfaExtension:schemas><rdf:Bag><rdf:li rdf:parseType="Resource">
<pdfaSchema:namespaceURI>http://www.aiim.org/pdfua/ns/id/</pdfaSchema:namespaceURI>
<pdfaSchema:prefix>pdfuaid</pdfaSchema:prefix>
<pdfaSchema:schema>PDF/UA identification schema</pdfaSchema:schema>
<pdfaSchema:property><rdf:Seq><rdf:li rdf:parseType="Resource">
<pdfaProperty:category>internal</pdfaProperty:category>
<pdfaProperty:description>Part of ISO 14289</pdfaProperty:description>
<pdfaProperty:name>part</pdfaProperty:name><pdfaProperty:valueType>Integer</pdfaProperty:valueType>
</rdf:li></rdf:Seq></pdfaSchema:property>
</rdf:li></rdf:Bag></pdfaExtension:schemas>
</rdf:Description>
</rdf:RDF></x:xmpmeta>
<?xpacket end="r"?>"""

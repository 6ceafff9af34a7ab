"""Drafts to a QTI 3.0 content package: one item file each, their pictures and sounds, and the manifest last.

Every item is read back as another program would read it, and what would be got wrong is told in its facts. The bytes
depend on the drafts alone.
"""

import re
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, BinaryIO

from lxml import etree

from assessments.formats.exchange import Draft, Found, Loss, renumbered
from assessments.formats.media import TAKEN, called, carried
from assessments.formats.own import as_text, from_text, told, unsaid
from assessments.formats.qti.composer import NAMESPACE, file_name
from assessments.formats.qti.composing import COMPOSED, composed
from assessments.formats.qti.packages import (
    DIFFICULTIES,
    MANIFEST,
    MOST_BYTES,
    RATIO_FROM,
    Resource,
)
from assessments.formats.qti.reading import TARGET, read_item
from assessments.formats.qti.tree import add, child, element, sayable
from assessments.formats.usual import named
from assessments.items.problems import Message
from assessments.items.problems import gettext_noop as _

CONTENT = "http://www.imsglobal.org/xsd/qti/qtiv3p0/imscp_v1p1"
LOM = "http://ltsc.ieee.org/xsd/LOM"
INSTANCE = "http://www.w3.org/2001/XMLSchema-instance"
SCHEMAS = {
    NAMESPACE: "https://purl.imsglobal.org/spec/qti/v3p0/schema/xsd/imsqti_asiv3p0_v1p0.xsd",
    CONTENT: "https://purl.imsglobal.org/spec/qti/v3p0/schema/xsd/imsqtiv3p0_imscpv1p2_v1p0.xsd",
    LOM: "https://purl.imsglobal.org/spec/md/v1p3/schema/xsd/imsmd_loose_v1p3p2.xsd",
}
IDENTIFIER = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]{0,63}")
EPOCH = (1980, 1, 1, 0, 0, 0)


@dataclass(frozen=True)
class Written:
    """An item file, its pictures by the name the item calls them, and its resource's LOM record."""

    content: bytes
    files: Mapping[str, bytes]
    resource: Resource


class LeftOut(Exception):
    """The draft is not written at all; `reason` says why."""

    def __init__(self, msgid: str, **params: str | int | Message) -> None:
        self.reason = Message(msgid, params)
        super().__init__(str(self.reason))


def write_package(drafts: Iterable[Draft], target: BinaryIO) -> list[Loss]:
    """Write the drafts and tell what was left out."""
    losses: list[Loss] = []
    manifest, taken = _manifest(), set[str]()
    with zipfile.ZipFile(target, "w") as archive:
        for number, draft in enumerate(drafts, start=1):
            identifier = _identifier(draft, number, taken)
            written = _item(draft, identifier, losses)
            if written is None:
                continue
            taken.add(identifier.casefold())
            _store(archive, f"items/{identifier}.xml", written.content)
            for name in sorted(written.files):
                _store(archive, f"items/{identifier}/{name}", written.files[name])
            _list(manifest, identifier, draft, written)
        _store(archive, MANIFEST, etree.tostring(manifest, xml_declaration=True, encoding="UTF-8"))
    return losses


def _identifier(draft: Draft, number: int, taken: set[str]) -> str:
    """The identifier the item came with, when it is fit and free; else one by its number."""
    given = draft.extra.get("identifier")
    if isinstance(given, str) and IDENTIFIER.fullmatch(given) and given.casefold() not in taken:
        return given
    name = f"item-{number:05}"
    while name in taken:
        name += "-x"
    return name


def _item(draft: Draft, identifier: str, losses: list[Loss]) -> Written | None:
    where = named(draft.name or identifier)
    try:
        return _written(draft, identifier, where, losses)
    except LeftOut as left_out:
        losses.append(Loss(where, left_out.reason, whole=True))
        return None


def _written(draft: Draft, identifier: str, where: Message, losses: list[Loss]) -> Written:
    """The item file and what belongs to it. Raises LeftOut."""
    if draft.type not in COMPOSED:
        raise LeftOut(_("Questions of the type %(type)s are not written as QTI."), type=draft.type)
    meant, names, left = carried(renumbered(draft))
    losses += [Loss(where, each) for each in left]
    resource = _resource(draft, identifier)
    root = composed(meant, identifier)
    seen = _as_others_read(root, identifier, meant.files, resource)
    facts = unsaid(seen, meant, names)
    if facts:
        noted = as_text(facts)
        root.addprevious(etree.ProcessingInstruction(TARGET, noted))
        if told(seen, from_text(noted)).draft != called(meant, names):
            losses.append(
                Loss(where, Message(_("Some of what is noted besides the question is not carried.")))
            )
    content = etree.tostring(root.getroottree(), xml_declaration=True, encoding="UTF-8")
    if len(content) > MOST_BYTES:
        raise LeftOut(_("The question is larger than %(most)s MB."), most=MOST_BYTES // 2**20)
    return Written(content, meant.files, resource)


def _as_others_read(root: Any, identifier: str, files: Mapping[str, bytes], resource: Resource) -> Found:
    """What is found in an item as it stands, without what we note. Raises LeftOut when that is no question."""
    hrefs = {file_name(identifier, name): content for name, content in files.items()}
    seen = read_item(etree.tostring(root, encoding="UTF-8"), named(identifier), resource, hrefs.get)
    if seen is None or seen.draft is None:
        reason = seen.reason if seen and seen.reason else ""
        raise LeftOut(_("QTI cannot say this question: %(reason)s"), reason=reason)
    return seen


def _resource(draft: Draft, identifier: str) -> Resource:
    """What the manifest will say of the item, as it will be read."""
    tags = (" ".join(sayable(tag).split()) for tag in draft.tags)
    return Resource(
        href=f"items/{identifier}.xml",
        tags=tuple(dict.fromkeys(tag for tag in tags if tag)),
        difficulty=draft.difficulty,
    )


def _store(archive: zipfile.ZipFile, name: str, content: bytes) -> None:
    entry = zipfile.ZipInfo(name, EPOCH)
    entry.create_system, entry.external_attr = 3, 0o644 << 16
    small = len(content) <= RATIO_FROM
    packed = small and not name.lower().endswith(TAKEN)
    archive.writestr(entry, content, zipfile.ZIP_DEFLATED if packed else zipfile.ZIP_STORED)


def _manifest() -> Any:
    root = element(CONTENT, "manifest", lom=LOM, xsi=INSTANCE)
    root.set("identifier", "MANIFEST-qinglan")
    root.set(f"{{{INSTANCE}}}schemaLocation", " ".join(part for pair in SCHEMAS.items() for part in pair))
    metadata = child(root, "metadata")
    add(metadata, "schema", "QTI Package")
    add(metadata, "schemaversion", "3.0.0")
    child(root, "organizations")
    child(root, "resources")
    return root


def _list(manifest: Any, identifier: str, draft: Draft, written: Written) -> None:
    href = written.resource.href
    resource = child(
        manifest[-1], "resource", identifier=f"RES-{identifier}", type="imsqti_item_xmlv3p0", href=href
    )
    _describe(child(child(resource, "metadata"), "lom", namespace=LOM), draft, written.resource)
    for name in [href, *_hrefs(identifier, sorted(written.files))]:
        child(resource, "file", href=name)


def _hrefs(identifier: str, names: Sequence[str]) -> list[str]:
    return [f"items/{file_name(identifier, name)}" for name in names]


def _describe(lom: Any, draft: Draft, resource: Resource) -> None:
    general = child(lom, "general")
    add(child(general, "title"), "string", draft.name, language="zh")
    for tag in resource.tags:
        add(child(general, "keyword"), "string", tag, language="zh")
    words = {number: word for word, number in DIFFICULTIES.items()}
    if resource.difficulty in words:
        difficulty = child(child(lom, "educational"), "difficulty")
        add(difficulty, "source", "LOMv1.0")
        add(difficulty, "value", words[resource.difficulty])

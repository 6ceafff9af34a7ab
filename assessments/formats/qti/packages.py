"""A QTI content package: a zip with imsmanifest.xml (IMS Content Packaging 1.1 and 1.2), or with loose item files.

Nothing is written to disk. A package is refused as a whole when it names files outside itself, when it is larger than
any honest one (see the limits below), and when it is locked with a password.
"""

import posixpath
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, BinaryIO
from urllib.parse import unquote, urlsplit

from lxml import etree

from assessments.formats.exchange import FileRefused
from assessments.formats.markup import read_xml
from assessments.formats.qti.names import local
from assessments.items.problems import Message
from assessments.items.problems import gettext_noop as _
from core.archives import BROKEN, is_swollen

MOST_ENTRIES = 20_000
MOST_BYTES = 32 * 1024 * 1024  # of one entry
MOST_TOTAL = 512 * 1024 * 1024
MOST_RATIO = 200
RATIO_FROM = 256 * 1024  # bytes from which the ratio is looked at: a short text of one letter packs better
MANIFEST = "imsmanifest.xml"
DIFFICULTIES = {"very easy": 1, "easy": 2, "medium": 3, "difficult": 4, "very difficult": 5}


@dataclass(frozen=True)
class Resource:
    """One item file of a package, and what the manifest's LOM record says of it.

    `href` is its name in the package. `listed`: the manifest names it; `missing`: and it is not there.
    """

    href: str
    tags: tuple[str, ...] = ()
    difficulty: int | None = None
    listed: bool = False
    missing: bool = False


@dataclass
class Package:
    """The files of an opened zip, by name."""

    archive: zipfile.ZipFile
    entries: dict[str, zipfile.ZipInfo] = field(default_factory=dict)

    def read(self, name: str, most: int = MOST_BYTES) -> bytes | None:
        """The file's content; None when there is no such file, it is larger than `most`, or it is broken."""
        entry = self.entries.get(name)
        if entry is None or entry.file_size > most:
            return None
        try:
            with self.archive.open(entry) as file:
                return file.read(entry.file_size + 1)
        except BROKEN:
            return None

    def resolve(self, base: str, href: str) -> str:
        """The name in the package of what a file called `base` refers to as `href`; empty for an outside address."""
        try:
            parts = urlsplit(href)
        except ValueError:
            return ""
        if parts.scheme or parts.netloc or not parts.path:
            return ""
        name = posixpath.normpath(posixpath.join(posixpath.dirname(base), unquote(parts.path)))
        return "" if name.startswith(("../", "/")) else name


def opened(source: BinaryIO) -> Package:
    """The package in this file. Raises FileRefused."""
    try:
        archive = zipfile.ZipFile(source)
        listed = archive.infolist()
    except BROKEN as error:
        raise FileRefused(
            Message(_("The package is broken: it cannot be opened as a zip file. Export it once more."))
        ) from error
    _refuse_dangers(listed)
    return Package(archive, {each.filename: each for each in listed if not each.filename.endswith("/")})


def resources(package: Package) -> tuple[list[Resource], bool]:
    """The items in their order, and whether there is a test that says more about them than their order.

    Without a manifest every XML file of the package is looked at, in the order of their names.
    """
    manifests = [each for each in package.entries if posixpath.basename(each).lower() == MANIFEST]
    if not manifests:
        loose = sorted(each for each in package.entries if each.lower().endswith(".xml"))
        return [Resource(each) for each in loose], False
    name = min(manifests, key=lambda each: (each.count("/"), each))
    content = package.read(name)
    if content is None:
        raise FileRefused(Message(_("The package's imsmanifest.xml cannot be read. Export it once more.")))
    return _of_manifest(package, name, read_xml(content))


def _of_manifest(package: Package, name: str, root: Any) -> tuple[list[Resource], bool]:
    items: dict[str, Resource] = {}
    tests: list[str] = []
    older = False
    for element in (each for each in root.iter(etree.Element) if local(each) == "resource"):
        kind, href = element.get("type", "").lower(), _href(package, name, element)
        if kind.startswith("imsqti_test"):
            tests.append(href)
        elif kind.startswith("imsqti_xmlv1"):
            older = True
        elif kind.startswith(("imsqti_item", "imsqti_apipitem")) and href:
            items.setdefault(href, _resource(element, href, missing=href not in package.entries))
    if older and not items:
        raise FileRefused(_older())
    tests = [each for each in tests if not _is_passage(package, each)]
    order = [each for test in tests for each in _of_test(package, test)]
    places = {href: place for place, href in reversed(list(enumerate(order)))}
    ordered = sorted(items.values(), key=lambda each: places.get(each.href, len(places) + len(order)))
    return ordered, bool(tests)


def _older() -> Message:
    return Message(_("This is QTI 1.2. Export it as QTI 2.1, 2.2 or 3.0."))


def _href(package: Package, manifest: str, element: Any) -> str:
    """Where the resource is: its own href, or that of its first file; below xml:base."""
    base = "".join(
        each.get("{http://www.w3.org/XML/1998/namespace}base", "")
        for each in reversed([element, *element.iterancestors()])
    )
    href = element.get("href") or next(
        (each.get("href", "") for each in element if local(each) == "file"), ""
    )
    return package.resolve(manifest, base + href)


def _resource(element: Any, href: str, *, missing: bool) -> Resource:
    tags: dict[str, None] = {}
    difficulty = None
    for each in element.iter(etree.Element):
        name = local(each)
        if name == "keyword" or (name == "entry" and local(each.getparent()) == "taxon"):
            tags.update(dict.fromkeys(_strings(each)))
        elif name == "difficulty":
            known = [DIFFICULTIES[text] for text in _strings(each) if text in DIFFICULTIES]
            difficulty = known[0] if known else None
    return Resource(href, tuple(tags), difficulty, listed=True, missing=missing)


def _strings(element: Any) -> list[str]:
    texts = (" ".join(text.split()) for text in element.itertext(etree.Element))
    return [text for text in texts if text]


def _root(package: Package, name: str) -> Any:
    """The outermost element of a file; None when it cannot be read."""
    content = package.read(name)
    try:
        return read_xml(content) if content else None
    except FileRefused:
        return None


def _is_passage(package: Package, name: str) -> bool:
    """Whether what a manifest calls a test is a passage that items share, as in the examples of 1EdTech."""
    root = _root(package, name)
    return root is not None and local(root) == "assessmentStimulus"


def _of_test(package: Package, name: str) -> Iterator[str]:
    """The items of a test in their order; nothing when the test cannot be read."""
    root = _root(package, name)
    for each in root.iter(etree.Element) if root is not None else ():
        if local(each) == "assessmentItemRef":
            yield package.resolve(name, each.get("href", ""))


def _refuse_dangers(listed: list[zipfile.ZipInfo]) -> None:
    if len(listed) > MOST_ENTRIES:
        raise FileRefused(
            Message(_("The package has more than %(most)s files. Split it."), {"most": MOST_ENTRIES})
        )
    if sum(each.file_size for each in listed) > MOST_TOTAL:
        raise FileRefused(
            Message(
                _("The package is larger than %(most)s MB when unpacked. Split it."),
                {"most": MOST_TOTAL // 2**20},
            )
        )
    for each in listed:
        _refuse_entry(each)


def _refuse_entry(entry: zipfile.ZipInfo) -> None:
    name = entry.orig_filename
    if "\\" in name or "\x00" in name or ":" in name or name.startswith("/") or ".." in name.split("/"):
        raise FileRefused(
            Message(_("The package names a file outside itself: %(name)s."), {"name": name[:100]})
        )
    if entry.flag_bits & 1:
        raise FileRefused(Message(_("The package is locked with a password. Export it without one.")))
    if entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise FileRefused(Message(_("The package is compressed in an unusual way. Zip it once more.")))
    if entry.file_size > MOST_BYTES:
        raise FileRefused(
            Message(
                _("The file %(name)s in the package is larger than %(most)s MB."),
                {"name": name[:100], "most": MOST_BYTES // 2**20},
            )
        )
    if is_swollen(entry, ratio=MOST_RATIO, over=RATIO_FROM):
        raise FileRefused(
            Message(
                _("The file %(name)s in the package unpacks to far more than it should."),
                {"name": name[:100]},
            )
        )

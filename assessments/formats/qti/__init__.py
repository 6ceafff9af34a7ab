"""QTI (IMS/1EdTech Question and Test Interoperability): 2.1, 2.2 and 3.0 read, 3.0 written.

Source: the 1EdTech specifications “QTI ASI Information Model” 2.2 and 3.0 and “IMS Content Packaging” 1.2.

Read: one assessmentItem as XML, or a content package as zip: its items in the order of its test, else of its manifest,
else (without one) of their file names. Read are choice, order, match, associate, textEntry, inlineChoice, gapMatch,
hottext, slider, extendedText, upload and hotspot interactions with their right responses, mappings and the usual ways
of scoring, also written out; general feedback, rubrics for scorers, LOM keywords and difficulty. Pictures and sounds of
the body go behind the stem; in choices and feedback only their descriptions are kept. Skipped with a reason are other
graphic, media and custom interactions, scripted scoring, adaptive items and templates.

Written: a 3.0 content package with one item file for each draft. Everything of a draft that QTI has no word for is in a
processing instruction before the item (see `formats.own`), so that our own round trip is whole.
"""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from functools import partial
from io import BytesIO
from typing import BinaryIO

from assessments.formats.checking import skipped
from assessments.formats.exchange import Draft, FileRefused, Format, Found, Loss
from assessments.formats.markup import read_xml
from assessments.formats.qti.names import local
from assessments.formats.qti.packages import MOST_BYTES, MOST_TOTAL, Package, Resource, opened, resources
from assessments.formats.qti.reading import ITEM, of_root, read_item
from assessments.formats.qti.writing import write_package
from assessments.formats.usual import named
from assessments.items.problems import Message
from assessments.items.problems import gettext_noop as _

ZIP = b"PK"
TEST = "assessmentTest"


class QTI(Format):
    code = "qti"
    title = _("QTI package")
    suffixes = (".zip", ".xml")
    carries_media = True

    def read(self, source: BinaryIO) -> Iterator[Found]:
        start = source.read(len(ZIP))
        if start == ZIP:
            yield from _packaged(_seekable(source, start))
        else:
            yield _alone(start + source.read(MOST_BYTES))

    def write(self, drafts: Iterable[Draft], target: BinaryIO) -> list[Loss]:
        return write_package(drafts, target)


def _seekable(source: BinaryIO, start: bytes) -> BinaryIO:
    if source.seekable():
        source.seek(-len(start), 1)
        return source
    content = start + source.read(MOST_TOTAL)
    return BytesIO(content)


def _alone(content: bytes) -> Found:
    """The question of an item that came without a package, and so without its pictures."""
    if len(content) > MOST_BYTES:
        raise FileRefused(Message(_("The file is larger than %(most)s MB."), {"most": MOST_BYTES // 2**20}))
    root = read_xml(content)
    name = local(root)
    if name == TEST:
        raise FileRefused(
            Message(_("This is a test without its items. Give the whole package (a zip file)."))
        )
    if name == "questestinterop":
        raise FileRefused(Message(_("This is QTI 1.2. Export it as QTI 2.1, 2.2 or 3.0.")))
    if name != ITEM:
        raise FileRefused(Message(_("This is no QTI item. Give a QTI package (a zip file) or one item.")))
    return of_root(root, named("item"), Resource("item"), lambda href: None)


def _packaged(source: BinaryIO) -> Iterator[Found]:
    package = opened(source)
    listed, tested = resources(package)
    any_found = False
    for each in listed:
        result = _one(package, each)
        if result is None:
            continue
        if tested and not any_found:
            told = Message(
                _("What the test says besides the order of its items (sections, times) is not read.")
            )
            result = replace(result, warnings=(*result.warnings, told))
        any_found = True
        yield result
    if not any_found:
        raise FileRefused(
            Message(
                _("There is no QTI item in this package. Export it as QTI 2.1, 2.2 or 3.0, items included.")
            )
        )


def _one(package: Package, resource: Resource) -> Found | None:
    """What an item file of the package says; None for a file that is no item and was not said to be one."""
    where = named(resource.href)
    if resource.missing:
        return skipped(where, Message(_("The manifest names this item, but it is not in the package.")))
    content = package.read(resource.href)
    if content is None:
        return skipped(where, Message(_("This file of the package is broken.")))
    result = read_item(content, where, resource, partial(_picture, package, resource.href))
    if result is None and resource.listed:
        return skipped(where, Message(_("This file of the package is no QTI item.")))
    return result


def _picture(package: Package, item: str, href: str) -> bytes | None:
    return package.read(package.resolve(item, href))

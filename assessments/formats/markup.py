"""HTML inside a question: to plain text, and XML that cannot reach outside itself."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, BinaryIO

from lxml import etree, html

from assessments.formats.exchange import FileRefused
from assessments.formats.formulas import formula, lowered, raised
from assessments.items.problems import Message
from assessments.items.problems import gettext_noop as _

# Elements whose end is the end of a line.
LINES = {"p", "div", "li", "tr", "h1", "h2", "h3", "h4", "h5", "h6", "pre", "blockquote", "ul", "ol", "table"}
CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")
SPACES = re.compile(" +")
UNSPOKEN = {"script", "style", "head", "title", "rp"}
# Elements whose words would mean something else without them: 10³ is not 103, and a reading aid not the word itself.
SET_APART: dict[str, Callable[[str], str]] = {
    "sup": raised,
    "sub": lowered,
    "rt": lambda text: f"（{text.strip()}）" if text.strip() else "",
}
MEDIA = ("img", "audio", "video", "object", "embed")

# Lines under and through words, which questions ask about.
LINED_TAGS = ("u", "ins", "s", "del", "strike")
LINED = re.compile(rf"<(?:{'|'.join(LINED_TAGS)})[\s>]|text-decoration", re.IGNORECASE)
NOT_LINED = _(
    "What is underlined or struck through stands without its line: see whether the question needs it."
)
NOT_FOLLOWED = _("The address of a link is not kept: %(address)s")


@dataclass(frozen=True)
class Picture:
    """A picture, sound or film in a text: its address, and what stands for it where it is not shown."""

    address: str
    alt: str


def described(picture: Picture) -> str:
    """Its description in its place."""
    return picture.alt


def plain(text: str, shown: Callable[[Picture], str] = described) -> str:
    """What a reader sees of a piece of HTML: paragraphs and list items as lines, `<br>` as a line end, tags gone;
    what is raised or lowered, and formulas, as in `formats.formulas`.

    `shown` says what stands in the place of a picture.
    """
    text = CONTROLS.sub("", text)
    if "<" not in text and "&" not in text:
        return _tidy(text)
    root = html.fragment_fromstring(text, create_parent="div")
    return _tidy("".join(_spoken(root, shown)))


def pictures(text: str) -> list[str]:
    """The addresses of the pictures and sounds in a piece of HTML, in their order."""
    if "<" not in text:
        return []
    root = html.fragment_fromstring(text, create_parent="div")
    return [each.address for each in map(picture_of, root.iter(*MEDIA)) if each.address]


def links(text: str) -> list[str]:
    """The addresses that a piece of HTML leads to and does not show."""
    if "<a" not in text.lower():
        return []
    root = html.fragment_fromstring(text, create_parent="div")
    return [each for each in map(link_of, root.iter("a")) if each]


def link_of(element: Any) -> str:
    """Where an `<a>` leads, unless that is what it says, or a place in the same text."""
    address = str(element.get("href") or "").strip()
    shown = "".join(element.itertext(etree.Element))
    return "" if address.startswith("#") or address in shown else address


def picture_of(element: Any) -> Picture:
    """An element such as `<img>`, of HTML or QTI."""
    inner = next((str(each.get("src")) for each in element.iter("source") if each.get("src")), "")
    words = element.get("alt") or element.get("title") or "".join(element.itertext(etree.Element))
    return Picture(str(element.get("src") or element.get("data") or inner), " ".join(words.split()))


def xml_parser(**options: Any) -> etree.XMLParser:
    """Reads no entity, no DTD and nothing over the network."""
    return etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        remove_comments=False,
        **options,
    )


def read_xml(content: bytes) -> Any:
    """The root element. Raises FileRefused for what is no XML, and for a document type that declares entities."""
    try:
        root = etree.fromstring(content, xml_parser())
    except etree.XMLSyntaxError as error:
        raise FileRefused(
            Message(_("This is not well-formed XML: %(error)s"), {"error": str(error)})
        ) from error
    refuse_entities(root)
    return root


def refuse_entities(root: Any) -> None:
    """Raises FileRefused when the document declares entities of its own: there is no honest use for them here."""
    doctype = root.getroottree().docinfo.internalDTD
    if doctype is not None and next(iter(doctype.iterentities()), None) is not None:
        raise FileRefused(Message(_("The file declares XML entities of its own, which is refused.")))


def elements(source: BinaryIO, tag: str) -> Iterator[Any]:
    """The elements called `tag`, one at a time, each forgotten when the next is asked for. Raises FileRefused."""
    events = etree.iterparse(
        source, tag=tag, resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False
    )
    try:
        for _event, element in events:
            refuse_entities(element)
            yield element
            element.clear()
            while element.getprevious() is not None:
                del element.getparent()[0]
    except etree.XMLSyntaxError as error:
        raise FileRefused(
            Message(_("This is not well-formed XML: %(error)s"), {"error": str(error)})
        ) from error


def _spoken(element: Any, shown: Callable[[Picture], str]) -> Iterator[str]:
    if element.tag in UNSPOKEN or not isinstance(element.tag, str):
        yield element.tail or ""
        return
    if element.tag in MEDIA:
        yield shown(picture_of(element))
        yield element.tail or ""
        return
    if element.tag == "math":
        yield formula(element)
    elif element.tag in SET_APART:
        yield SET_APART[element.tag]("".join(_within(element, shown)))
    else:
        yield "\n" if element.tag == "br" else ""
        yield from _within(element, shown)
    if element.tag in LINES:
        yield "\n"
    if element.tag in ("td", "th"):
        yield "\t"
    if element.getparent() is not None:
        yield element.tail or ""


def _within(element: Any, shown: Callable[[Picture], str]) -> Iterator[str]:
    yield element.text or ""
    for child in element:
        yield from _spoken(child, shown)


def _tidy(text: str) -> str:
    """No spaces at the ends of lines, one empty line at most, none around the whole."""
    lines = [SPACES.sub(" ", line).strip() for line in text.replace("\xa0", " ").split("\n")]
    kept: list[str] = []
    for line in lines:
        if line or (kept and kept[-1]):
            kept.append(line)
    return "\n".join(kept).strip()

"""QTI 3.0 says in kebab-case what 2.x says in camelCase: before it is read, everything is given its 2.x name."""

from typing import Any

from lxml import etree

QTI = (
    "http://www.imsglobal.org/xsd/imsqtiasi_v3p0",
    "http://www.imsglobal.org/xsd/imsqti_v2p",
    "http://www.imsglobal.org/xsd/imsqti_item_v2p",
    "http://www.imsglobal.org/xsd/apip/",
)
SHOWN = (
    "http://www.w3.org/1999/xhtml",
    "http://www.w3.org/2000/svg",
    "http://www.w3.org/2001/10/synthesis",
    "http://www.w3.org/2010/10/synthesis",
)
MATHML = "/Math/MathML"  # of 1998, and of the years that files make up
FOREIGN = "foreign"  # what an element of any other namespace (xi:include among them) is called afterwards
PREFIX = "qti-"


def normalise(root: Any) -> None:
    """Rename every element and attribute below and at the root, in place; namespaces are gone afterwards."""
    for element in root.iter(etree.Element):
        name, known = _named(element.tag)
        element.tag = camel(name.removeprefix(PREFIX)) if known else FOREIGN
        if name.startswith(PREFIX):
            _rename_attributes(element)


def local(element: Any) -> str:
    """The element's name without its namespace, as a 2.x name; empty for a comment or an instruction."""
    return camel(_named(element.tag)[0].removeprefix(PREFIX)) if isinstance(element.tag, str) else ""


def camel(name: str) -> str:
    """kebab-case as camelCase; a name without dashes as it is."""
    first, *others = name.split("-")
    return first + "".join(each[:1].upper() + each[1:] for each in others)


def _named(tag: str) -> tuple[str, bool]:
    """The name without its namespace, and whether it is one of QTI's, of HTML's or of none."""
    if not tag.startswith("{"):
        return tag, True
    namespace, name = tag[1:].split("}", 1)
    return name, namespace.startswith(QTI) or namespace in SHOWN or namespace.endswith(MATHML)


def _rename_attributes(element: Any) -> None:
    for name, value in list(element.attrib.items()):
        if "-" in name and not name.startswith(("{", "data-", "aria-")):
            del element.attrib[name]
            element.set(camel(name), value)

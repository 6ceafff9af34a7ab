"""The HTML of a text block, reduced to what a lesson may hold."""

from __future__ import annotations

from bs4 import BeautifulSoup, Tag
from wagtail.rich_text import expand_db_html
from wagtail.whitelist import Whitelister, allow_without_attributes, attribute_rule, check_url

PLAIN_TAGS = ("[document]", "p", "h2", "h3", "ul", "ol", "li", "b", "em", "br", "blockquote", "sub", "sup")


def _become(name: str) -> object:
    def rename(tag: Tag) -> None:
        tag.attrs = {}
        tag.name = name

    return rename


class LessonHtml(Whitelister):
    """Only the tags of a lesson; what an editor makes italic is emphasis, and bold is `b`."""

    element_rules = {
        **dict.fromkeys(PLAIN_TAGS, allow_without_attributes),
        "a": attribute_rule({"href": check_url}),
        "i": _become("em"),
        "strong": _become("b"),
    }


def clean_html(source: str) -> str:
    """HTML with every tag and attribute removed that a lesson has no use for; the text stays."""
    cleaned: str = LessonHtml().clean(expand_db_html(source))
    return cleaned.strip()


def anchor_headings(html: str, prefix: str) -> tuple[str, list[dict[str, str]]]:
    """Give every `h2` an id, and list them: the HTML, and [{"id", "title"}] in order."""
    soup = BeautifulSoup(html, "html.parser")
    headings = []
    for number, heading in enumerate(soup.find_all("h2"), start=1):
        heading["id"] = anchor = f"{prefix}-{number}"
        headings.append({"id": anchor, "title": heading.get_text(" ", strip=True)})
    return (str(soup) if headings else html), headings

"""Components that stand in a line, or take a row of words that a template cannot put into a list by itself."""

from __future__ import annotations

from typing import Any

from django import template
from django.utils.functional import Promise
from django.utils.html import format_html

register = template.Library()


@register.inclusion_tag("components/breadcrumb.html")
def breadcrumb(*steps: str | Promise) -> dict[str, Any]:
    """`{% breadcrumb _("Courses") courses_url course.title %}`: title and address in turn, this page's title last.

    Raises TemplateSyntaxError when a step lacks its address.
    """
    if len(steps) % 2 == 0:
        raise template.TemplateSyntaxError("breadcrumb: title and address in turn, the last title alone")
    *way, here = steps
    items = [{"title": title, "url": url} for title, url in zip(way[::2], way[1::2], strict=True)]
    return {"items": [*items, {"title": here}]}


@register.inclusion_tag("components/chip.html")
def chip(state: str, text: str | Promise) -> dict[str, Any]:
    """`{% chip "done" _("Passed") %}`: the same as including the component, in a line."""
    return {"state": state, "text": text}


@register.simple_tag
def choice(type: str, name: str, value: str, label: str, text: str, *, chosen: bool, disabled: bool) -> str:
    """`{% choice "radio" "answer" id "甲" text chosen=True disabled=False %}`: components/choice.html without its rarer
    parts. A paper has hundreds of them, and a template takes ten times as long.
    """
    state = (" checked" if chosen else "") + (" disabled" if disabled else "")
    return format_html(
        '<label class="choice"><input type="{}" name="{}" value="{}"{}>'
        '<b aria-hidden="true">{}</b><span>{}</span></label>',
        type,
        name,
        value,
        state,
        label,
        text,
    )


@register.inclusion_tag("components/facts.html")
def facts(*words: Any, **options: Any) -> dict[str, Any]:
    """`{% facts _("Mentor") name _("Valid until") day %}`: term and value in turn; a fact without a value is left out.

    `in_card=True` puts them on a card. Raises TemplateSyntaxError when a term lacks its value.
    """
    if len(words) % 2:
        raise template.TemplateSyntaxError("facts: term and value in turn")
    pairs = zip(words[::2], words[1::2], strict=True)
    return {"facts": [(term, value) for term, value in pairs if value not in (None, "")], **options}

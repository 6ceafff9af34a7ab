"""The site's addresses as Django's resolver knows them, so that a new one cannot be forgotten."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from django.urls import URLPattern, URLResolver, get_resolver


@dataclass(frozen=True)
class Address:
    """A named URL pattern: `courses:lesson`, where it lies, and what must be filled in."""

    name: str
    route: str
    parameters: frozenset[str]


def addresses() -> list[Address]:
    """Every named address of the site, Wagtail's and allauth's included."""
    return list(_walk(get_resolver(), "", "", frozenset()))


def _walk(resolver: URLResolver, route: str, namespace: str, above: frozenset[str]) -> Iterator[Address]:
    for pattern in resolver.url_patterns:
        parameters = above | frozenset(pattern.pattern.regex.groupindex)
        here = route + str(pattern.pattern)
        if isinstance(pattern, URLPattern):
            if pattern.name:
                yield Address(namespace + pattern.name, here, parameters)
        else:
            inner = f"{namespace}{pattern.namespace}:" if pattern.namespace else namespace
            yield from _walk(pattern, here, inner, parameters)

"""Forbidden words in whatever is printed and is nobody's name: a person may be called 张中华, a scheme may not."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from django.utils.translation import gettext as _

from assessments.models import SchemeVersion
from assessments.schemes.releasing import definition_of
from certificates.gallery.shelf import marks_for
from certificates.issuers import house_issuer
from certificates.preflight.findings import Finding
from certificates.wording import forbidden_word
from competencies.models import Subject
from core.errors import Refusal

TITLE, SCHEME, MODULE, ISSUER, POST = "title", "scheme", "module", "issuer", "post"


def forbidden(scheme: SchemeVersion, *, theme: str, more: Sequence[str] = ()) -> Finding | None:
    """The first forbidden word in what a certificate of this scheme prints, and where to mend it. Three queries."""
    for place, text in _printed(scheme, theme, more):
        word = forbidden_word(text)
        if word:
            return Finding(
                "wording",
                _("“%(word)s” must not stand on an internal certificate: “%(text)s”")
                % {"word": word, "text": text},
                _remedy(place),
            )
    return None


def _printed(scheme: SchemeVersion, theme: str, more: Sequence[str]) -> Iterator[tuple[str, str]]:
    definition = definition_of(scheme)
    yield SCHEME, definition.title
    yield SCHEME, definition.certificate_title
    for text in more:
        yield TITLE, text
    for text in _module_titles(scheme.definition):
        yield MODULE, text
    yield from _issuer_words(theme)


def _module_titles(rule: Any) -> Iterable[str]:
    """Titles of rules, and of the courses and exams they name."""
    titles, subjects = list(_values(rule, "title")), list(_values(rule, "subject"))
    return [*titles, *Subject.objects.filter(key__in=subjects).values_list("title", flat=True)]


def _values(tree: Any, key: str) -> Iterator[str]:
    if isinstance(tree, dict):
        for name, value in tree.items():
            if name == key and isinstance(value, str):
                yield value
            else:
                yield from _values(value, key)
    elif isinstance(tree, list):
        for each in tree:
            yield from _values(each, key)


def _issuer_words(theme: str) -> Iterator[tuple[str, str]]:
    try:
        issuer = house_issuer()
    except Refusal:
        return  # nothing can be issued, and whoever proposes a batch is told why
    yield ISSUER, issuer.name
    post = marks_for(issuer, theme).record.get("post")
    if post:
        yield POST, post


def _remedy(place: str) -> str:
    return {
        TITLE: _("Give the batch another title or another design"),
        SCHEME: _("Change the title and release the scheme anew"),
        MODULE: _("Change the module's title, then release it and the scheme anew"),
        ISSUER: _("Register the issuer under a name without this word"),
        POST: _("Change the post of whoever signs, under seals and signatures"),
    }[place]

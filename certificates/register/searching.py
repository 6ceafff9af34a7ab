"""Finding certificates by words: names, numbers, places. Every word must be found somewhere."""

from __future__ import annotations

import unicodedata
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from people.models import Membership

MOST_WORDS = 6
FIELDS = (
    "serial",
    "code",
    "holder__printed_name",
    "holder__mentor_name",
    "person__account__name",
    "person__account__staff_number",
    "title",
    "scheme_version__title",
    "pairing_key",
    "batch_row__batch__title",
)


def matching(certificates: QuerySet[Any], words: str) -> QuerySet[Any]:
    """Certificates in which every word of `words` occurs, in a name, a number, a title or the holder's organisation.

    Chinese needs no word boundaries: a part of a name is found. Wide digits and compatibility forms are found by
    their usual forms and the other way round, because what is stored is never normalised.
    """
    for word in words.split()[:MOST_WORDS]:
        certificates = certificates.filter(_any_field(word))
    return certificates


def _any_field(word: str) -> Q:
    condition = Q()
    for form in dict.fromkeys((word, unicodedata.normalize("NFKC", word))):
        for field in FIELDS:
            condition |= Q(**{f"{field}__icontains": form})
        condition |= Q(
            Exists(
                Membership.objects.filter(
                    person=OuterRef("person"), until_on=None, organisation__name__contains=form
                )
            )
        )
    return condition

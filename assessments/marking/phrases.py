"""常用评语: what a marker writes again and again, kept for one question or for all."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.db.models import F, Q
from django.utils.translation import gettext as _

from assessments.models import MarkingPhrase, Question
from core.errors import Refusal
from people.models import Person

MOST = 40
"""Phrases of one marker for one question, and as many for all: more than fit on a screen help nobody."""
LONGEST = 500


def phrases_for(marker: Person, question: Question) -> list[MarkingPhrase]:
    """The marker's own phrases that serve this question: those kept for it, then those for all, oldest first."""
    own = MarkingPhrase.objects.filter(Q(question=question) | Q(question=None), marker=marker)
    return list(own.order_by(F("question").asc(nulls_last=True), "pk"))


def store_phrase(*, text: str, by: Person, now: datetime, question: Question | None = None) -> MarkingPhrase:
    """Keep a remark, for this question or for all; the same one twice is kept once.

    Raises Refusal (code "comment") where there is nothing to keep, it is too long, or there are too many already.
    """
    text = " ".join(text.split())
    if not text:
        raise Refusal(_("Write a comment first, then it can be kept as a phrase."), code="comment")
    if len(text) > LONGEST:
        raise Refusal(_("A phrase has at most %(most)d characters.") % {"most": LONGEST}, code="comment")
    with transaction.atomic():
        Person.objects.select_for_update().get(pk=by.pk)  # two clicks count one after the other
        own = MarkingPhrase.objects.filter(marker=by, question=question)
        kept = own.filter(text=text).first()
        if kept is None:
            if own.count() >= MOST:
                raise Refusal(
                    _("%(most)d phrases are kept already. Delete one that you no longer use.")
                    % {"most": MOST},
                    code="comment",
                )
            kept = MarkingPhrase.objects.create(marker=by, question=question, text=text, stored_at=now)
    return kept


def delete_phrase(*, phrase_id: int, by: Person) -> None:
    """Throw away one's own phrase; one that is gone already, or somebody else's, changes nothing."""
    MarkingPhrase.objects.filter(pk=phrase_id, marker=by).delete()

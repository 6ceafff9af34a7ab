"""Where a question is filed: category, tags, who answers for it, when to look again, and which clauses it rests on.

None of this is part of a version: filing a question differently changes no paper.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from assessments.models import Question
from core import audit
from core.errors import Refusal
from library.models import PolicyClause
from people.models import Person, Role
from people.roles import check_role

LONGEST_TAG = 40


@dataclass(frozen=True)
class Filing:
    """Everything under which a question is filed; `category` is a path with slashes, `clauses` are clause keys."""

    category: str = ""
    tags: tuple[str, ...] = ()
    author: Person | None = None
    review_on: date | None = None
    clauses: tuple[str, ...] = ()


def filing_of(question: Question) -> Filing:
    """How a question is filed now. One query for the clauses."""
    return Filing(
        category=question.category,
        tags=tuple(question.tags),
        author=question.author,
        review_on=question.review_on,
        clauses=tuple(question.clauses.order_by("key").values_list("key", flat=True)),
    )


@transaction.atomic
def file_question(*, question: Question, filing: Filing, by: Person | None, now: datetime) -> Question:
    """File the question so. Raises Refusal for an unknown clause or a tag too long, NotAllowed without the role."""
    if by:
        check_role(by, Role.AUTHOR, on=timezone.localdate(now))
    question = Question.objects.select_for_update().get(pk=question.pk)
    filing = _tidy(filing)
    if filing_of(question) == filing:
        return question
    clauses = _clauses(filing.clauses)
    question.category, question.tags = filing.category, list(filing.tags)
    question.author, question.review_on = filing.author, filing.review_on
    question.save(update_fields=["category", "tags", "author", "review_on"])
    question.clauses.set(clauses)
    audit.record(action="question.filed", target=f"assessments.question:{question.key}", by=by, now=now)
    return question


def _tidy(filing: Filing) -> Filing:
    category = "/".join(part.strip() for part in filing.category.split("/") if part.strip())
    tags = tuple(dict.fromkeys(tag.strip() for tag in filing.tags if tag.strip()))
    if long := [tag for tag in tags if len(tag) > LONGEST_TAG]:
        raise Refusal(
            _("A tag has at most %(most)s characters: %(tag)s") % {"most": LONGEST_TAG, "tag": long[0]}
        )
    return Filing(category, tags, filing.author, filing.review_on, tuple(sorted(set(filing.clauses))))


def _clauses(keys: Collection[str]) -> list[PolicyClause]:
    found = list(PolicyClause.objects.filter(key__in=keys))
    if unknown := sorted(set(keys) - {clause.key for clause in found}):
        raise Refusal(_("The library has no clause %(keys)s.") % {"keys": ", ".join(unknown)})
    return found

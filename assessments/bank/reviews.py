"""Questions that must be looked at again: their day has come, or a rule they rest on was repealed."""

from __future__ import annotations

from collections import Counter
from datetime import date, datetime, timedelta
from re import search

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from assessments.models import Question, QuestionStatus, QuestionVersion
from core import audit
from library.models import PolicyClause
from people.models import Person, Role, RoleAssignment
from people.notices import send_notice
from people.roles import check_role

REVIEWED_EVERY = timedelta(days=365)
NAMES_A_RULE = r"[0-9]"
"""`as_of` of a question that rests on a rule gives a date or an article; “不涉政策” gives neither."""


def questions_to_review(*, at: datetime) -> QuerySet[QuestionVersion]:
    """Newest versions whose day of review has come, the oldest first. One query.

    The day is `Question.review_on`; without one, a question that rests on a dated rule comes up a year after it was
    stored. Storing it again with a new `as_of`, or `confirm_review`, takes it off the list; so does retiring it. Right
    answers stay in the database.
    """
    set_day = Q(question__review_on__lte=timezone.localdate(at))
    by_rule = Q(question__review_on=None, as_of__regex=NAMES_A_RULE, stored_at__lte=at - REVIEWED_EVERY)
    newest = QuestionVersion.objects.newest().without_key().select_related("question")
    due = newest.filter(set_day | by_rule).exclude(question__status=QuestionStatus.RETIRED)
    return due.order_by("stored_at", "question__key")


def next_review(question: Question, newest: QuestionVersion) -> date | None:
    """The day on which the question comes up by itself, None for never."""
    if question.status == QuestionStatus.RETIRED:
        return None
    if question.review_on:
        return question.review_on
    return (
        timezone.localdate(newest.stored_at + REVIEWED_EVERY) if search(NAMES_A_RULE, newest.as_of) else None
    )


def resting_on_repealed(questions: QuerySet[Question], *, on: date) -> QuerySet[Question]:
    """Those of the questions that rest on a clause that no longer holds on this day, retired ones left out."""
    repealed = PolicyClause.objects.filter(questions=OuterRef("pk"), repealed_on__lte=on)
    return questions.filter(Exists(repealed)).exclude(status=QuestionStatus.RETIRED)


def confirm_review(*, question: Question, by: Person, now: datetime) -> Question:
    """看过了，仍然有效: the question comes up again a year from today. A second time on one day changes nothing.

    Raises NotAllowed for somebody who is not an author.
    """
    today = timezone.localdate(now)
    check_role(by, Role.AUTHOR, on=today)
    with transaction.atomic():
        question = Question.objects.select_for_update().get(pk=question.pk)
        if question.review_on == today + REVIEWED_EVERY:
            return question
        question.review_on = today + REVIEWED_EVERY
        question.save(update_fields=["review_on"])
        audit.record(
            action="question.confirmed",
            target=f"assessments.question:{question.key}",
            by=by,
            now=now,
            review_on=question.review_on.isoformat(),
        )
    return question


def remind_authors(*, now: datetime) -> int:
    """Tell every author with questions to review, once a month, how many there are. How many authors that is."""
    today = timezone.localdate(now)
    authors = RoleAssignment.objects.active(on=today).filter(role=Role.AUTHOR).values("person")
    due = questions_to_review(at=now).filter(question__author__in=authors)
    counts = Counter(due.values_list("question__author", flat=True))
    with translation.override(settings.LANGUAGE_CODE):
        for author in Person.objects.filter(pk__in=counts):
            _remind(author, counts[author.pk], now)
    return len(counts)


def _remind(author: Person, count: int, now: datetime) -> None:
    title = ngettext(
        "%(count)s question of yours is due for review",
        "%(count)s questions of yours are due for review",
        count,
    )
    send_notice(
        recipient=author,
        title=title % {"count": count},
        body=_("Look whether what they rest on still holds, then confirm or change them."),
        source_key=f"question-reviews:{author.pk}:{timezone.localdate(now):%Y-%m}",
        now=now,
        url=f"{reverse('bank:index')}?author=me&flag=review",
    )

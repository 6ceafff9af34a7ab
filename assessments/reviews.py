"""Questions whose basis must be looked at again."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db.models import QuerySet

from assessments.models import QuestionVersion

REVIEWED_EVERY = timedelta(days=365)
NAMES_A_RULE = r"[0-9]"
"""`as_of` of a question that rests on a rule gives a date or an article; “不涉政策” gives neither."""


def questions_to_review(*, at: datetime) -> QuerySet[QuestionVersion]:
    """Newest versions that rest on a dated rule and were stored a year ago or earlier, the oldest first. One query.

    Storing the question again with a new `as_of` takes it off the list. Right answers stay in the database.
    """
    newest = QuestionVersion.objects.newest().without_key().select_related("question")
    due = newest.filter(as_of__regex=NAMES_A_RULE, stored_at__lte=at - REVIEWED_EVERY)
    return due.order_by("stored_at", "question__key")

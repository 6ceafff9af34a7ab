"""Writing a question in the bank: a new version and its filing at once, never over somebody else's newer one."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from assessments.bank.cataloguing import Filing, file_question
from assessments.bank.storing import checked_content, store_question
from assessments.models import Question, QuestionVersion
from core.errors import Refusal
from core.hashing import content_hash
from people.models import Person


class Overtaken(Refusal):
    """Somebody stored a newer version of the same question meanwhile; `newest` is that one."""

    code = "overtaken"

    def __init__(self, newest: QuestionVersion, base_number: int) -> None:
        self.newest = newest
        if not base_number:
            told = _("The bank has a question called %(key)s already. Choose another stable key.")
        else:
            told = _("Meanwhile version %(number)s of this question was stored. Nothing you wrote is lost.")
        super().__init__(told % {"key": newest.question.key, "number": newest.number})


@transaction.atomic
def revise_question(
    *, item: Mapping[str, Any], filing: Filing, base_number: int, by: Person, now: datetime
) -> QuestionVersion:
    """Store the item (see `bank.store_question`) as the version after `base_number`, 0 for a new question, and file it.

    The same a second time gives the same version. Raises Overtaken when the newest version is another one, Refusal
    with every problem of the item, NotAllowed for somebody who is not an author.
    """
    question = Question.objects.select_for_update().filter(key=item["key"]).first()
    newest = question.versions.order_by("-number").first() if question else None
    if newest and newest.number != base_number and newest.content_hash != content_hash(checked_content(item)):
        raise Overtaken(newest, base_number)
    version = store_question(item=item, by=by, now=now)
    file_question(question=version.question, filing=filing, by=by, now=now)
    return version

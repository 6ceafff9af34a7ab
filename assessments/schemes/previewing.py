"""谁会增加、谁会失去: what a draft would change for everybody with evidence, before it is released."""

from __future__ import annotations

from datetime import datetime
from functools import partial

from django.db import transaction
from django.db.models import Count
from django.utils import timezone
from django.utils.translation import gettext as _

from assessments import tasks
from assessments.models import PreviewStatus, SchemeDraft, SchemePreview, SchemeVersion
from assessments.schemes.counting import advance_preview, due_previews
from assessments.schemes.drafts import digest_of, locked_draft
from assessments.schemes.problems import problems_of
from competencies.models import Evidence
from core import audit
from core.errors import Refusal
from people.models import Person, Role
from people.roles import check_role

__all__ = ["advance_preview", "ask_preview", "due_previews", "newest_preview"]


def ask_preview(*, draft: SchemeDraft, by: Person | None, now: datetime) -> SchemePreview:
    """Have counted who would meet the draft and who does not any more; compared with the newest release, if any.

    A preview of the same draft that is still under way is given back. Finished ones before the last are forgotten.
    Raises Refusal "invalid" for a draft that could not be released and "gone" for a deleted one, NotAllowed for
    somebody who is not an administrator.
    """
    if by:
        check_role(by, Role.ADMINISTRATOR, on=timezone.localdate(now))
    with transaction.atomic():
        draft = locked_draft(draft)
        problems = problems_of(draft.definition)
        if problems:
            raise Refusal(
                _("Put right first what is marked in the draft: %(first)s")
                % {"first": f"{problems[0].where}: {problems[0].text}"},
                code="invalid",
            )
        against = SchemeVersion.objects.newest().filter(key=draft.key).first()
        digest = digest_of(draft)
        under_way = draft.previews.exclude(status=PreviewStatus.DONE)
        existing = under_way.filter(content_hash=digest, against=against).first()
        if existing:
            return existing
        _forget(draft)
        preview = SchemePreview.objects.create(
            draft=draft,
            content_hash=digest,
            definition=draft.definition,
            against=against,
            total_count=Evidence.objects.aggregate(people=Count("person", distinct=True))["people"],
            asked_by=by,
            asked_at=now,
            touched_at=now,
        )
        target = f"assessments.schemedraft:{draft.key}"
        audit.record(action="scheme.previewed", target=target, by=by, now=now, content_hash=digest)
        transaction.on_commit(partial(tasks.advance_preview.delay, str(preview.pk)))
    return preview


def newest_preview(draft: SchemeDraft) -> SchemePreview | None:
    """The preview asked for last, of whatever the draft said then: compare `content_hash`. One query."""
    return draft.previews.select_related("against").order_by("-asked_at", "pk").first()


def _forget(draft: SchemeDraft) -> None:
    """What is under way of an earlier text of the draft, and finished ones but the last."""
    newest = draft.previews.filter(status=PreviewStatus.DONE).order_by("-asked_at").first()
    forgotten = draft.previews.exclude(pk=newest.pk) if newest else draft.previews.all()
    forgotten.delete()

"""Releasing: a draft becomes a version that never changes (docs/adr/0003)."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from competencies.ledger import register_subject
from competencies.models import SubjectKind
from core import audit
from people.models import Person, Role
from people.roles import check_role
from simulations.models import ScenarioDraft, ScenarioVersion
from simulations.scenarios import Draft, read_document, read_text

RELEASING_ROLES = (Role.AUTHOR, Role.ADMINISTRATOR)


def release_scenario(*, draft: ScenarioDraft, by: Person | None, now: datetime) -> ScenarioVersion:
    """Freeze the draft as its scenario's next version and make it a subject that evidence can name.

    The newest version when it already has this content. `by=None` is the system. Raises NotAllowed without the
    author's or administrator's role, InvalidDocument when the draft no longer reads.
    """
    if by is not None:
        check_role(by, *RELEASING_ROLES, on=timezone.localdate(now))
    with transaction.atomic():
        draft = ScenarioDraft.objects.select_for_update().get(pk=draft.pk)
        newest = ScenarioVersion.objects.filter(key=draft.key).order_by("-number").first()
        if newest and newest.content_hash == draft.content_hash:
            return newest
        read = read_document(read_text(draft.document))
        version = _freeze(draft, read, number=newest.number + 1 if newest else 1, by=by, now=now)
        register_subject(
            kind=SubjectKind.SCENARIO,
            key=version.key,
            title=version.title,
            hours=version.hours,
            url=reverse("simulations:scenario", args=[version.key]),
        )
        audit.record(
            action="scenario.released",
            target=f"simulations.scenario:{version.key}",
            by=by,
            now=now,
            number=version.number,
            content_hash=version.content_hash,
        )
    return version


def _freeze(
    draft: ScenarioDraft, read: Draft, *, number: int, by: Person | None, now: datetime
) -> ScenarioVersion:
    return ScenarioVersion.objects.create(
        key=draft.key,
        number=number,
        title=read.scenario.title,
        minutes=read.minutes,
        hours=read.hours,
        view_ref=read.view_ref,
        document=read.text,
        content_hash=read.scenario.content_hash,
        released_at=now,
        released_by=by,
    )

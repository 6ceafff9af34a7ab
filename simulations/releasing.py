"""Releasing: a draft becomes a version that never changes (docs/adr/0003)."""

from __future__ import annotations

from datetime import datetime
from functools import partial

from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from competencies.ledger import register_subject
from competencies.models import SubjectKind
from core import audit
from people.models import Person, Role
from people.roles import check_role
from simulations import tasks
from simulations.checks.gates import check_releasable, ensure_checked
from simulations.models import ScenarioCheck, ScenarioDraft, ScenarioVersion
from simulations.scenarios import Draft, read_document, read_text

RELEASING_ROLES = (Role.AUTHOR, Role.ADMINISTRATOR)


def release_scenario(*, draft: ScenarioDraft, by: Person | None, now: datetime) -> ScenarioVersion:
    """Freeze the draft as its scenario's next version and make it a subject that evidence can name.

    The newest version when it already has this content. `by=None` is the system. Raises NotAllowed without the
    author's or administrator's role, InvalidDocument when the draft no longer reads, ErrorsFound when the newest check
    of this content found an error; where nobody had it checked, a quick check is made here.
    """
    if by is not None:
        check_role(by, *RELEASING_ROLES, on=timezone.localdate(now))
    check = _checked(draft, by=by, now=now)
    with transaction.atomic():
        draft = ScenarioDraft.objects.select_for_update().get(pk=draft.pk)
        newest = ScenarioVersion.objects.filter(key=draft.key).order_by("-number").first()
        if newest and newest.content_hash == draft.content_hash:
            return newest
        read = read_document(read_text(draft.document))
        if check is None or check.content_hash != read.scenario.content_hash:  # it was changed at this moment
            check = ensure_checked(read=read, by=by, now=now)
        check_releasable(check)
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
            check=str(check.pk),
        )
        transaction.on_commit(partial(tasks.print_guide.delay, version.pk), robust=True)
    return version


def _checked(draft: ScenarioDraft, *, by: Person | None, now: datetime) -> ScenarioCheck | None:
    """Before the draft is locked, and kept even if it stands in the way; None where nothing new would be released."""
    draft = ScenarioDraft.objects.get(pk=draft.pk)
    newest = newest_hash(draft.key)
    if newest == draft.content_hash:
        return None
    return ensure_checked(read=read_document(read_text(draft.document)), by=by, now=now)


def newest_hash(key: str) -> str:
    """The content of the newest release, "" before the first."""
    versions = ScenarioVersion.objects.filter(key=key).order_by("-number")
    return versions.values_list("content_hash", flat=True).first() or ""


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

"""Scheme drafts: definitions on their way to a release. A draft may hold any mistake; `problems_of` names them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from assessments.deciding.validating import SLUG
from assessments.freezing import exact
from assessments.models import SchemeDraft, SchemeVersion
from assessments.schemes.problems import TITLE_LENGTH, FieldProblem, problems_of
from assessments.schemes.releasing import release_scheme
from core import audit
from core.errors import Refusal
from core.hashing import content_hash
from people.models import Person, Role
from people.roles import check_role

__all__ = [
    "FieldProblem",
    "delete_scheme_draft",
    "draft_from",
    "problems_of",
    "release_scheme_draft",
    "store_scheme_draft",
    "versions_of",
]

MOST_BYTES = 200_000


def store_scheme_draft(
    *,
    definition: Mapping[str, Any],
    draft: SchemeDraft | None = None,
    revision: int | None = None,
    by: Person | None,
    now: datetime,
) -> SchemeDraft:
    """Keep a definition, whatever its mistakes: a new draft, or the next revision of one.

    Saying the same again changes nothing. `revision` is the one the author saw. Raises Refusal "key" for a key that
    is none or is not the draft's own, "taken" for a new draft of a key that has one, "stale" where another window
    saved meanwhile, "invalid" for what cannot be stored at all; NotAllowed for somebody who is not an administrator.
    """
    _check_administrator(by, now)
    content = _storable(definition)
    if draft is None:
        return _begin(content, by, now)
    with transaction.atomic():
        locked = locked_draft(draft)
        if content.get("key") != locked.key:
            raise Refusal(_("The key of a scheme stays as it is: make another scheme instead."), code="key")
        if locked.definition == content:
            return locked
        _check_revision(locked, revision)
        return _change(locked, content, by, now)


def draft_from(*, version: SchemeVersion, by: Person | None, now: datetime) -> SchemeDraft:
    """The draft of this scheme saying what a release says, to be changed from there.

    Raises Refusal "unreleased" where the draft says something that was never released: it would be lost.
    """
    _check_administrator(by, now)
    with transaction.atomic():
        draft = SchemeDraft.objects.select_for_update().filter(key=version.key).first()
        if draft is None:
            return _begin(version.definition, by, now, released=version.number)
        if draft.definition == version.definition:
            return draft
        if not is_released(draft):
            raise Refusal(
                _("There is a draft of this scheme that was never released. Release or delete it first."),
                code="unreleased",
            )
        draft.released_number = version.number
        return _change(draft, version.definition, by, now)


def release_scheme_draft(
    *, draft: SchemeDraft, revision: int | None = None, by: Person | None, now: datetime
) -> SchemeVersion:
    """Release what the draft says now (see `releasing.release_scheme`). A second time changes nothing.

    Raises Refusal with what stands in the way, "stale" where it says something else than the author saw; NotAllowed.
    """
    _check_administrator(by, now)
    with transaction.atomic():
        locked = locked_draft(draft)
        _check_revision(locked, revision)
        version = release_scheme(definition=locked.definition, by=by, now=now)
        if locked.released_number != version.number:
            locked.released_number = version.number
            locked.save(update_fields=["released_number"])
    return version


def delete_scheme_draft(*, draft: SchemeDraft, by: Person | None, now: datetime) -> None:
    """Forget a draft and its previews; releases stay. One that is gone already is no error. Raises NotAllowed."""
    _check_administrator(by, now)
    with transaction.atomic():
        found = SchemeDraft.objects.select_for_update().filter(pk=draft.pk).first()
        if found is None:
            return
        _audit("scheme_draft.deleted", found, by, now)
        found.delete()


def is_released(draft: SchemeDraft) -> bool:
    """Whether some release says what the draft says. One query."""
    digest = digest_of(draft)
    return SchemeVersion.objects.filter(key=draft.key, content_hash=digest).exists()


def locked_draft(draft: SchemeDraft) -> SchemeDraft:
    """The draft as it stands, locked in the current transaction. Raises Refusal "gone" for a deleted one."""
    found = SchemeDraft.objects.select_for_update().filter(pk=draft.pk).first()
    if found is None:
        raise Refusal(_("This draft was deleted meanwhile."), code="gone")
    return found


def digest_of(draft: SchemeDraft) -> str:
    """The content hash a release of the draft would have."""
    return content_hash(exact(draft.definition))


def versions_of(key: str) -> list[SchemeVersion]:
    """The frozen versions of a scheme, newest first. One query."""
    return list(SchemeVersion.objects.filter(key=key).order_by("-number"))


def _begin(
    content: Mapping[str, Any], by: Person | None, now: datetime, *, released: int | None = None
) -> SchemeDraft:
    key = content.get("key")
    if not isinstance(key, str) or not SLUG.fullmatch(key):
        raise Refusal(_("A key is made of letters, digits, - and _."), code="key")
    values = {"definition": content, "title": _title_of(content), "stored_at": now, "stored_by": by}
    try:
        with transaction.atomic():
            draft = SchemeDraft.objects.create(key=key, released_number=released, **values)
            _audit("scheme_draft.stored", draft, by, now)
    except IntegrityError:
        existing = SchemeDraft.objects.get(key=key)
        if existing.definition == content:
            return existing
        raise Refusal(
            _("There is a draft of this key already. Open it, or choose another key."), code="taken"
        ) from None
    return draft


def _change(draft: SchemeDraft, content: Mapping[str, Any], by: Person | None, now: datetime) -> SchemeDraft:
    draft.definition, draft.title = content, _title_of(content)
    draft.stored_at, draft.stored_by = now, by
    draft.revision += 1
    draft.save()
    _audit("scheme_draft.stored", draft, by, now)
    return draft


def _storable(definition: Mapping[str, Any]) -> dict[str, Any]:
    """A copy as JSON has it. Raises Refusal for what JSON or a sensible size cannot hold."""
    try:
        text = json.dumps(dict(definition), allow_nan=False)
    except (TypeError, ValueError, RecursionError):
        raise Refusal(_("This cannot be stored: it is no scheme."), code="invalid") from None
    if len(text) > MOST_BYTES or "\\u0000" in text:
        raise Refusal(_("This cannot be stored: it is no scheme."), code="invalid")
    content: dict[str, Any] = json.loads(text)
    return content


def _title_of(content: Mapping[str, Any]) -> str:
    title = content.get("title")
    return title.strip()[:TITLE_LENGTH] if isinstance(title, str) and title.strip() else str(content["key"])


def _check_administrator(by: Person | None, now: datetime) -> None:
    if by:
        check_role(by, Role.ADMINISTRATOR, on=timezone.localdate(now))


def _check_revision(draft: SchemeDraft, revision: int | None) -> None:
    if revision is not None and revision != draft.revision:
        raise Refusal(
            _("This scheme was changed in another window. Look at what it says now, then change it again."),
            code="stale",
        )


def _audit(action: str, draft: SchemeDraft, by: Person | None, now: datetime) -> None:
    audit.record(
        action=action,
        target=f"assessments.schemedraft:{draft.key}",
        by=by,
        now=now,
        revision=draft.revision,
        content_hash=digest_of(draft),
    )

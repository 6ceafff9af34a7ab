"""Scenario drafts: every change of their content is a saved version and an entry of the audit trail."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from core import audit
from core.errors import Refusal
from people.models import Person
from simulations.engine.document import MAX_DOCUMENT, content_hash
from simulations.engine.editing import Document, changed_parts
from simulations.engine.reading import UNSTORABLE
from simulations.models import DraftEdition, ScenarioDraft
from simulations.scenarios import read_document, read_text

TITLE_LENGTH = 160
STORED, EDITED = "scenario.stored", "scenario.edited"


@transaction.atomic
def store_draft(*, document: object, by: Person | None, now: datetime) -> ScenarioDraft:
    """Keep a scenario document as the draft of its `id`, replacing an earlier one; the same content changes nothing.

    `document` is JSON text, or the same already parsed. Raises InvalidDocument with every problem, nothing stored.
    """
    read = read_document(read_text(document) if isinstance(document, str) else document)
    content = json.loads(read.text)
    key = read.scenario.id
    draft = locked_draft(key=key)
    if draft is None:
        return new_draft(key=key, document=content, by=by, now=now, action=STORED)
    return write_edition(draft=draft, document=content, by=by, now=now, action=STORED)


def locked_draft(**which: Any) -> ScenarioDraft | None:
    """The draft as it stands, locked in the current transaction; None where it is not there."""
    return ScenarioDraft.objects.select_for_update().filter(**which).first()


def new_draft(
    *, key: str, document: Document, by: Person | None, now: datetime, action: str = EDITED
) -> ScenarioDraft:
    """A draft that was not there, as its first saved version. Runs in the caller's transaction."""
    draft, created = ScenarioDraft.objects.get_or_create(
        key=key, defaults={**_content(document), "edition": 1, "stored_at": now, "stored_by": by}
    )
    if not created:  # somebody began it at the same moment
        return write_edition(draft=draft, document=document, by=by, now=now, action=action)
    _write(draft, changed=[{"what": "begun", "where": ""}])
    _audit(action, draft, by, now)
    return draft


def write_edition(
    *,
    draft: ScenarioDraft,
    document: Document,
    by: Person | None,
    now: datetime,
    action: str = EDITED,
    restored: int | None = None,
) -> ScenarioDraft:
    """The next saved version of a locked draft; the same content in the same order changes nothing.

    Runs in the caller's transaction. The document may hold any mistake; raises Refusal "unstorable" for what a
    database cannot keep.
    """
    values = _content(document)
    if values["document"] == draft.document or (
        action == STORED and values["content_hash"] == draft.content_hash
    ):
        return draft
    if draft.edition == 0:  # written before versions were saved
        draft.edition = 1
        _write(draft, changed=[{"what": "begun", "where": ""}])
    changed = _changed(json.loads(draft.document), document)
    for name, value in values.items():
        setattr(draft, name, value)
    draft.edition, draft.stored_at, draft.stored_by = draft.edition + 1, now, by
    draft.save()
    _write(draft, changed=changed, restored=restored)
    _audit(action, draft, by, now)
    return draft


def text_of(document: Document) -> str:
    """The document as drafts keep it. Raises Refusal "unstorable" for control characters and megabytes."""
    try:
        text = json.dumps(document, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    except (TypeError, ValueError, RecursionError):
        raise Refusal(_("This cannot be stored: it is no scenario."), code="unstorable") from None
    if len(text) > MAX_DOCUMENT:
        raise Refusal(
            _("This is too long: a scenario has at most two million characters."), code="unstorable"
        )
    if any(UNSTORABLE.search(each) for each in _texts(document)):
        raise Refusal(
            _(
                "There is a control character in the text, perhaps pasted from elsewhere. Type that piece anew."
            ),
            code="unstorable",
        )
    return text


def _texts(value: object) -> list[str]:
    """Every text in a document, keys included."""
    if isinstance(value, str):
        return [value]
    if isinstance(value, dict):
        return [text for key, held in value.items() for text in (str(key), *_texts(held))]
    if isinstance(value, list):
        return [text for held in value for text in _texts(held)]
    return []


def _content(document: Document) -> dict[str, Any]:
    title = document.get("title")
    named = title.strip() if isinstance(title, str) else ""
    return {
        "title": named[:TITLE_LENGTH] or str(document.get("id", "")),
        "document": text_of(document),
        "content_hash": content_hash(document),
    }


def _changed(before: Document, after: Document) -> list[Mapping[str, str]]:
    return [{"what": part.kind, "where": part.key} for part in changed_parts(before, after)]


def _write(draft: ScenarioDraft, *, changed: list[Any], restored: int | None = None) -> DraftEdition:
    return DraftEdition.objects.create(
        draft=draft,
        number=draft.edition,
        document=draft.document,
        content_hash=draft.content_hash,
        changed=changed,
        restored=restored,
        stored_at=draft.stored_at,
        stored_by=draft.stored_by,
    )


def _audit(action: str, draft: ScenarioDraft, by: Person | None, now: datetime) -> None:
    audit.record(
        action=action,
        target=f"simulations.scenario:{draft.key}",
        by=by,
        now=now,
        edition=draft.edition,
        content_hash=draft.content_hash,
    )

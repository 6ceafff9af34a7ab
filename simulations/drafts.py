"""Scenario drafts: whole documents come in, checked; nothing half-read is ever kept."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from core import audit
from people.models import Person
from simulations.models import ScenarioDraft
from simulations.scenarios import read_document, read_text


@transaction.atomic
def store_draft(*, document: object, by: Person | None, now: datetime) -> ScenarioDraft:
    """Keep a scenario document as the draft of its `id`, replacing an earlier one; the same content changes nothing.

    `document` is JSON text, or the same already parsed. Raises InvalidDocument with every problem, nothing stored.
    """
    read = read_document(read_text(document) if isinstance(document, str) else document)
    scenario = read.scenario
    values = {
        "title": scenario.title,
        "document": read.text,
        "content_hash": scenario.content_hash,
        "stored_at": now,
        "stored_by": by,
    }
    drafts = ScenarioDraft.objects.select_for_update()
    draft, created = drafts.get_or_create(key=scenario.id, defaults=values)
    if not created and draft.content_hash == scenario.content_hash:
        return draft
    if not created:
        for name, value in values.items():
            setattr(draft, name, value)
        draft.save(update_fields=list(values))
    audit.record(
        action="scenario.stored",
        target=f"simulations.scenario:{draft.key}",
        by=by,
        now=now,
        content_hash=draft.content_hash,
    )
    return draft

"""News from below: evidence that was corrected or withdrawn may take the ground from a certificate."""

from __future__ import annotations

from functools import partial
from typing import Any

from django.db import transaction
from django.dispatch import receiver

from certificates.life import tasks
from competencies.models import Evidence
from competencies.signals import evidence_recorded


@receiver(evidence_recorded, dispatch_uid="certificates.look_at_grounds")
def look_at_grounds(sender: Any, evidence: Evidence, **kwargs: Any) -> None:
    """Enqueue after commit. A lost message costs a minute: the sweeper looks at every certificate."""
    if evidence.supersedes_id is not None:
        enqueue = partial(tasks.look_at_grounds.delay, str(evidence.person_id))
        transaction.on_commit(enqueue, robust=True)

"""News from below: new evidence means that decisions may change."""

from __future__ import annotations

from functools import partial
from typing import Any

from django.db import transaction
from django.dispatch import receiver

from assessments import tasks
from competencies.models import Evidence
from competencies.signals import evidence_recorded


@receiver(evidence_recorded, dispatch_uid="assessments.reconsider")
def reconsider_person(sender: Any, evidence: Evidence, **kwargs: Any) -> None:
    """Enqueue after commit. A broker that is down costs a minute, not the evidence: the sweeper finds the person."""
    enqueue = partial(tasks.reconsider.delay, str(evidence.person_id))
    transaction.on_commit(enqueue, robust=True)

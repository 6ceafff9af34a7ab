"""A regrade until somebody else approves it: drafted, changed, tried, proposed, withdrawn."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from assessments.models import ExamVersion, Regrade
from people.models import Person


def draft_regrade(
    *, exam_version: ExamVersion, changes: Iterable[Mapping[str, Any]], reason: str, by: Person, now: datetime
) -> Regrade:
    """A new draft. Raises NotAllowed for somebody who is no author, Refusal for changes that cannot be made."""
    raise NotImplementedError


def change_regrade(
    *, regrade: Regrade, changes: Iterable[Mapping[str, Any]], reason: str, by: Person, now: datetime
) -> Regrade:
    """Say something else; what was tried is forgotten. Only who drafted it may, until it is proposed."""
    raise NotImplementedError


def try_regrade(*, regrade: Regrade, by: Person, now: datetime) -> Regrade:
    """Start the dry run (again): a job lists every attempt with what it would come to. An author or administrator."""
    raise NotImplementedError


def propose_regrade(*, regrade: Regrade, by: Person, now: datetime) -> Regrade:
    """Put a tried regrade before a second person. Raises Refusal ("stale") when what was tried is no longer so."""
    raise NotImplementedError


def withdraw_regrade(*, regrade: Regrade, by: Person, now: datetime) -> Regrade:
    """Give it up before it is approved: who drafted it, or an administrator."""
    raise NotImplementedError

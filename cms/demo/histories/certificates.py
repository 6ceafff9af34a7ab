"""Batches (`pack/batches.yaml`): names asked and answered, proposals sent back or issued, one certificate revoked."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Any

from cms.demo.histories.chance import between, fraction
from cms.demo.histories.hours import DAY, after_work
from cms.demo.histories.hours import at as at_time
from cms.demo.histories.steps import (
    Batch,
    Issued,
    NameAnswered,
    NameAsked,
    NameCorrected,
    Proposed,
    Returned,
    Revoked,
    Step,
)
from cms.demo.histories.written import moment

Told = Mapping[str, Any]
MINUTES_TO_ISSUE = timedelta(minutes=2)


def tell_batches(told: Told) -> Iterator[Step]:
    """Everything of the file."""
    for batch in told["batches"]:
        yield from _batch(batch)
    for each in told["asked"]:
        yield NameAsked(moment(each["at"]), each["person"], each["scheme"], each["by"])
    for each in told["corrected"]:
        yield NameCorrected(moment(each["at"]), each["person"], each["name"], each["by"])
    for each in told["revoked"]:
        at = moment(each["at"])
        yield Revoked(at, each["person"], each["scheme"], each["reason"], each["note"], each["by"])


def _batch(told: Told) -> Iterator[Step]:
    batch = Batch(told["title"], told["scheme"], told["organisation"], told["proposed_by"])
    for person in told.get("asks", told["people"]):
        yield from _name(told, person)
    yield Proposed(moment(told["proposed_at"]), batch, tuple(told["people"]))
    if "returned" in told:
        back = told["returned"]
        yield Returned(moment(back["at"]), batch, back["by"], back["remark"])
    if "approved" in told:
        approved = told["approved"]
        at = moment(approved["at"])
        yield Issued(at + MINUTES_TO_ISSUE, batch, approved["by"], at, approved.get("remark", ""))


def _name(told: Told, person: str) -> Iterator[Step]:
    """Asked before the proposal; most answer within a day, some are silent, somebody wants it written otherwise."""
    asked_at = moment(told.get("asked_later", {}).get(person, told["asked_at"]))
    yield NameAsked(asked_at, person, told["scheme"], told["proposed_by"])
    if person in told.get("silent", ()):
        return
    if person in told.get("answered_at", {}):
        answered_at = moment(told["answered_at"][person])
    elif fraction(person, asked_at) < 0.4:
        answered_at = at_time(asked_at.date() + DAY, 12, between(14, 50, person, asked_at))
    else:
        answered_at = after_work(asked_at.date(), person, asked_at)
    yield NameAnswered(answered_at, person, told["scheme"], told.get("disputed", {}).get(person, ""))

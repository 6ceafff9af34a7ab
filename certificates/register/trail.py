"""Who did what: audit entries about batches and certificates of one's scope, in words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import CharField, Exists, OuterRef, Q, QuerySet, Value
from django.db.models.functions import Cast, Concat, Substr
from django.urls import reverse
from django.utils.translation import gettext as _

from certificates.models import Certificate, CertificateBatch
from certificates.register.actions import words_for
from core.models import AuditEntry
from people.accounts import names_of

CERTIFICATE, BATCH = "certificates.certificate:", "certificates.batch:"


@dataclass(frozen=True)
class Line:
    """One entry: when, who ("" for the system), what in words, about what, and where that is."""

    at: datetime
    actor: str
    what: str
    about: str
    url: str
    is_sealed: bool


def entries_about(
    certificates: QuerySet[Certificate], batches: QuerySet[CertificateBatch]
) -> QuerySet[AuditEntry]:
    """Entries about these certificates and batches, the newest first. One query."""
    serial = Substr(OuterRef("target"), len(CERTIFICATE) + 1, output_field=CharField())
    target = Concat(Value(BATCH), Cast("pk", CharField()))
    mine = certificates.filter(serial=serial)
    ours = batches.annotate(target=target).filter(target=OuterRef("target"))
    of_certificates = Q(Exists(mine), target__startswith=CERTIFICATE)
    of_batches = Q(Exists(ours), target__startswith=BATCH)
    return AuditEntry.objects.filter(of_certificates | of_batches).order_by("-at", "-pk")


def trail_lines(entries: Sequence[Any], titles: dict[str, str]) -> list[Line]:
    """Entries as lines; `titles` are those of batches by their id. One query."""
    told = {entry.actor for entry in entries} | {_principal(entry) for entry in entries}
    names = names_of({UUID(key) for key in told - {"", "system"}})
    return [
        Line(
            at=entry.at,
            actor=_actor(entry, names),
            what=words_for(entry.action),
            about=_about(entry.target, titles),
            url=_address(entry.target),
            is_sealed=hasattr(entry, "seal"),
        )
        for entry in entries
    ]


def _actor(entry: AuditEntry, names: dict[UUID, str]) -> str:
    """Who it was; a deputy with the name of whom they stood in for."""
    if entry.actor == "system":
        return ""
    name, principal = names.get(UUID(entry.actor), "—"), _principal(entry)
    if not principal:
        return name
    in_place_of = names.get(UUID(principal), "—")
    return _("%(name)s, in place of %(principal)s") % {"name": name, "principal": in_place_of}


def _principal(entry: AuditEntry) -> str:
    return str(entry.detail.get("in_place_of", ""))


def _about(target: str, titles: dict[str, str]) -> str:
    room, __, key = target.partition(":")
    return titles.get(key, key) if f"{room}:" == BATCH else key


def _address(target: str) -> str:
    room, __, key = target.partition(":")
    if f"{room}:" == BATCH:
        return reverse("certificates:batch", args=[int(key)])
    return reverse("certificates:certificate", args=[key])

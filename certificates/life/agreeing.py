"""What does not agree about the lives of certificates: events with log, ledger and successors."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import date

from certificates.life.table import LEAVES
from certificates.models import Certificate, EventKind, Succession
from certificates.standing import Standing, standing_of
from competencies.models import Evidence, EvidenceKind

AT_ONCE = 1000
IN_THE_LEDGER = frozenset({Standing.VALID, Standing.NOT_YET_VALID, Standing.EXPIRED})


def disagreements(*, on: date) -> Iterator[tuple[str, str]]:
    """A stable kind and the serial it concerns, of every certificate. Memory grows with the people, not with proofs."""
    ledger, corrected = _ledger(), _corrected()
    valid: defaultdict[tuple[object, str], list[str]] = defaultdict(list)
    rows = Certificate.objects.prefetch_related("events", "leaves").select_related("scheme_version")
    light = rows.defer("snapshot", "scheme_version__definition").order_by("pk")
    for certificate in light.iterator(chunk_size=AT_ONCE):
        standing = standing_of(certificate, certificate.events.all(), on=on)
        yield from _about(certificate, standing, ledger[certificate.serial], certificate.pk in corrected)
        if standing == Standing.VALID and certificate.follows_as != Succession.RENEWAL:
            valid[(certificate.person_id, certificate.scheme_version.key)].append(certificate.serial)
    for serials in valid.values():
        if len(serials) > 1:
            yield "two_in_force", " ".join(serials)


def _about(
    certificate: Certificate, standing: Standing, in_ledger: int, has_successor: bool
) -> Iterator[tuple[str, str]]:
    serial = certificate.serial
    happened = Counter(LEAVES[EventKind(event.kind)] for event in certificate.events.all())
    del happened[None]
    if happened != Counter(leaf.kind for leaf in certificate.leaves.all()):
        yield "events_differ_from_log", serial
    if (standing == Standing.SUPERSEDED) != has_successor and standing != Standing.REVOKED:
        yield "superseded_without_successor" if not has_successor else "corrected_but_in_force", serial
    if in_ledger != (standing in IN_THE_LEDGER):
        yield "evidence_differs_from_standing", f"{serial}: {standing}"


def _ledger() -> Counter[str]:
    """How many rows of evidence stand for each serial."""
    rows = Evidence.objects.standing().filter(kind=EvidenceKind.CERTIFICATE)
    keys = rows.filter(source_key__startswith="certificate:")
    return Counter(key.split(":")[1] for key in keys.values_list("source_key", flat=True).iterator())


def _corrected() -> set[int]:
    """Certificates that a correction follows which was handed out."""
    handed_out = Certificate.objects.filter(follows_as=Succession.CORRECTION, events__kind=EventKind.RELEASED)
    return {pk for pk in handed_out.values_list("follows_id", flat=True) if pk is not None}

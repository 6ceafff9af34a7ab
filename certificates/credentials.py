"""The credential: what a certificate says, as canonical JSON, and its salted hash.

The log carries the hash only. The salt lies with the printed name in the erasable `HolderSnapshot`: once it is
gone, nobody can find out by trial whose credential a hash belongs to.
"""

from __future__ import annotations

import secrets
from datetime import UTC
from typing import Any

from django.conf import settings

from certificates.models import Certificate, HolderSnapshot
from core.hashing import canonical_json, content_hash, sha256_hex

SCHEMA = 1
CODE_BYTES = 16
SALT_BYTES = 32


def new_code() -> str:
    """128 random bits, url-safe, 22 characters: what the QR carries."""
    return secrets.token_urlsafe(CODE_BYTES)


def new_salt() -> str:
    """256 random bits as hexadecimal text."""
    return secrets.token_hex(SALT_BYTES)


def verify_url(code: str) -> str:
    """The public address of a certificate."""
    return f"{settings.BASE_URL.rstrip('/')}/verify/{code}/"


def credential_of(certificate: Certificate, holder: HolderSnapshot) -> dict[str, Any]:
    """The credential as JSON values. Rebuilt from the rows at any time, as long as the holder's data exist.

    What follows another certificate says which and how; what follows none says nothing about it, as it always did.
    """
    credential = {
        "schema": SCHEMA,
        "serial": certificate.serial,
        "code": certificate.code,
        "issuer": certificate.issuer.code,
        "title": certificate.title,
        "holder": {"name": holder.printed_name, "id": holder.masked_id},
        "scheme": certificate.scheme_version.content_hash,
        "decision": certificate.decision.content_hash,
        "pairing": certificate.pairing_key,
        "mentor": holder.mentor_name,
        "view": certificate.view_ref,
        "attested": _attested(certificate.snapshot),
        "hours": format(certificate.hours.normalize(), "f"),
        "issued_at": certificate.issued_at.astimezone(UTC).isoformat(timespec="seconds"),
        "valid_from": certificate.valid_from.isoformat(),
        "valid_until": certificate.valid_until.isoformat() if certificate.valid_until else None,
    }
    if certificate.follows:
        credential["follows"] = {"serial": certificate.follows.serial, "as": certificate.follows_as}
    return credential


def _attested(snapshot: dict[str, Any]) -> dict[str, Any]:
    """What was attested; of the transcript only its hash, so that whoever is shown the one does not read the other."""
    if "transcript" not in snapshot:
        return snapshot
    return snapshot | {"transcript": content_hash(snapshot["transcript"])}


def credential_hash(certificate: Certificate, holder: HolderSnapshot) -> str:
    """SHA-256 over the salt (32 bytes) followed by the canonical JSON of the credential."""
    return sha256_hex(bytes.fromhex(holder.salt) + canonical_json(credential_of(certificate, holder)))

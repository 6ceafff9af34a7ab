"""Certificates: who issues them, how a batch goes, what stays on record, what can be erased."""

from certificates.models.batches import (
    BATCH_TRANSITIONS,
    ROW_TRANSITIONS,
    WITHOUT_CERTIFICATE,
    BatchRow,
    BatchStatus,
    CertificateBatch,
    RowState,
)
from certificates.models.holders import (
    CertificateDocument,
    EventNote,
    HolderSnapshot,
    NameAnswer,
    NameConfirmation,
)
from certificates.models.issuers import Issuer, SerialCounter
from certificates.models.record import Certificate, CertificateEvent, EventKind, Reason
from certificates.models.translog import Checkpoint, LeafKind, LogHead, LogLeaf

__all__ = [
    "BATCH_TRANSITIONS",
    "ROW_TRANSITIONS",
    "WITHOUT_CERTIFICATE",
    "BatchRow",
    "BatchStatus",
    "Certificate",
    "CertificateBatch",
    "CertificateDocument",
    "CertificateEvent",
    "Checkpoint",
    "EventKind",
    "EventNote",
    "HolderSnapshot",
    "Issuer",
    "LeafKind",
    "LogHead",
    "LogLeaf",
    "NameAnswer",
    "NameConfirmation",
    "Reason",
    "RowState",
    "SerialCounter",
]

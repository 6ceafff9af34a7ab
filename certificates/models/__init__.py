"""Certificates: who issues them, how a batch goes, what stays on record, what can be
erased, what a person must look at again and what went to paper."""

from certificates.models.batches import (
    BATCH_TRANSITIONS,
    ROW_TRANSITIONS,
    WITHOUT_CERTIFICATE,
    BatchKind,
    BatchRow,
    BatchStatus,
    CertificateBatch,
    RowState,
)
from certificates.models.cases import CaseKind, CaseOutcome, CertificateCase
from certificates.models.holders import (
    CertificateDocument,
    EventNote,
    HolderSnapshot,
    NameAnswer,
    NameConfirmation,
    Particular,
    Transcript,
)
from certificates.models.issuers import (
    Deputy,
    Issuer,
    IssuerMark,
    MarkKind,
    SerialCounter,
    ThemeShelf,
)
from certificates.models.print_runs import (
    LeftOut,
    PrintKind,
    PrintReason,
    PrintRun,
    PrintSheet,
    PrintState,
)
from certificates.models.record import Certificate, CertificateEvent, EventKind, Reason, Succession
from certificates.models.translog import Checkpoint, LeafKind, LogHead, LogLeaf

__all__ = [
    "BATCH_TRANSITIONS",
    "ROW_TRANSITIONS",
    "WITHOUT_CERTIFICATE",
    "BatchKind",
    "BatchRow",
    "BatchStatus",
    "CaseKind",
    "CaseOutcome",
    "Certificate",
    "CertificateBatch",
    "CertificateCase",
    "CertificateDocument",
    "CertificateEvent",
    "Checkpoint",
    "Deputy",
    "EventKind",
    "EventNote",
    "HolderSnapshot",
    "Issuer",
    "IssuerMark",
    "LeafKind",
    "LeftOut",
    "LogHead",
    "LogLeaf",
    "MarkKind",
    "NameAnswer",
    "NameConfirmation",
    "Particular",
    "PrintKind",
    "PrintReason",
    "PrintRun",
    "PrintSheet",
    "PrintState",
    "Reason",
    "RowState",
    "SerialCounter",
    "Succession",
    "ThemeShelf",
    "Transcript",
]

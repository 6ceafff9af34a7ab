"""The bank, exams, exam days, sittings, marks, results, schemes and decisions.

Versions, marks, results, journals and decisions are append-only and hold no personal data; what people write in their
own words lies in tables that can be erased.
"""

from assessments.models.arrangements import REQUEST_TRANSITIONS, Accommodation, Exemption, RequestStatus
from assessments.models.bank import (
    QUESTION_TRANSITIONS,
    Erratum,
    ErratumKind,
    ErratumStatus,
    Medium,
    Question,
    QuestionMove,
    QuestionStatus,
    QuestionVersion,
)
from assessments.models.decisions import Decision, Reconsideration, SchemeVersion
from assessments.models.exams import REHEARSAL, ExamDraft, ExamItem, ExamVersion
from assessments.models.extensions import MOST_MINUTES_ADDED, Extension
from assessments.models.halls import (
    ExamRoom,
    ExamSession,
    Incident,
    IncidentKind,
    Invigilator,
    Seat,
)
from assessments.models.imports import IMPORT_TRANSITIONS, BankImport, ImportLine, ImportStatus, LineFate
from assessments.models.journals import (
    HELD_TRANSITIONS,
    AnswerEntry,
    EventKind,
    HeldAnswer,
    HeldReason,
    HeldStatus,
    Inquiry,
    SittingEvent,
    Verdict,
)
from assessments.models.papers import Keying, PaperCopy
from assessments.models.sittings import (
    TRANSITIONS,
    Answer,
    AnswerFile,
    Attempt,
    AttemptStatus,
    HandedInBy,
    Mark,
    MarkComment,
    PriorSitting,
    Result,
)

__all__ = [
    "HELD_TRANSITIONS",
    "IMPORT_TRANSITIONS",
    "MOST_MINUTES_ADDED",
    "QUESTION_TRANSITIONS",
    "REHEARSAL",
    "REQUEST_TRANSITIONS",
    "TRANSITIONS",
    "Accommodation",
    "Answer",
    "AnswerEntry",
    "AnswerFile",
    "Attempt",
    "AttemptStatus",
    "BankImport",
    "Decision",
    "Erratum",
    "ErratumKind",
    "ErratumStatus",
    "EventKind",
    "ExamDraft",
    "ExamItem",
    "ExamRoom",
    "ExamSession",
    "ExamVersion",
    "Exemption",
    "Extension",
    "HandedInBy",
    "HeldAnswer",
    "HeldReason",
    "HeldStatus",
    "ImportLine",
    "ImportStatus",
    "Incident",
    "IncidentKind",
    "Inquiry",
    "Invigilator",
    "Keying",
    "LineFate",
    "Mark",
    "MarkComment",
    "Medium",
    "PaperCopy",
    "PriorSitting",
    "Question",
    "QuestionMove",
    "QuestionStatus",
    "QuestionVersion",
    "Reconsideration",
    "RequestStatus",
    "Result",
    "SchemeVersion",
    "Seat",
    "SittingEvent",
    "Verdict",
]

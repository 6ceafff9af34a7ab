"""The bank, exams, sittings, marks, results, schemes and decisions.

Versions, marks, results and decisions are append-only and hold no personal data; what candidates and markers write
in their own words lies in `Answer`, `Erratum` and `MarkComment`, which can be erased.
"""

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
from assessments.models.exams import ExamDraft, ExamItem, ExamVersion
from assessments.models.imports import IMPORT_TRANSITIONS, BankImport, ImportLine, ImportStatus, LineFate
from assessments.models.sittings import (
    TRANSITIONS,
    Answer,
    AnswerFile,
    Attempt,
    AttemptStatus,
    Mark,
    MarkComment,
    PriorSitting,
    Result,
)

__all__ = [
    "IMPORT_TRANSITIONS",
    "QUESTION_TRANSITIONS",
    "TRANSITIONS",
    "Answer",
    "AnswerFile",
    "Attempt",
    "AttemptStatus",
    "BankImport",
    "Decision",
    "Erratum",
    "ErratumKind",
    "ErratumStatus",
    "ExamDraft",
    "ExamItem",
    "ExamVersion",
    "ImportLine",
    "ImportStatus",
    "LineFate",
    "Mark",
    "MarkComment",
    "Medium",
    "PriorSitting",
    "Question",
    "QuestionMove",
    "QuestionStatus",
    "QuestionVersion",
    "Reconsideration",
    "Result",
    "SchemeVersion",
]

"""The bank, exams, sittings, marks, results, schemes and decisions.

Versions, marks, results and decisions are append-only and hold no personal data; what candidates and markers write
in their own words lies in `Answer` and `MarkComment`, which can be erased.
"""

from assessments.models.bank import Question, QuestionVersion
from assessments.models.decisions import Decision, Reconsideration, SchemeVersion
from assessments.models.exams import ExamItem, ExamVersion
from assessments.models.sittings import TRANSITIONS, Answer, Attempt, AttemptStatus, Mark, MarkComment, Result

__all__ = [
    "TRANSITIONS",
    "Answer",
    "Attempt",
    "AttemptStatus",
    "Decision",
    "ExamItem",
    "ExamVersion",
    "Mark",
    "MarkComment",
    "Question",
    "QuestionVersion",
    "Reconsideration",
    "Result",
    "SchemeVersion",
]

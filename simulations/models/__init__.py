"""Drafts and releases of scenarios, checks, runs, regrades of runs, and what is learnt from them.

Releases, editions, steps and judgements are append-only and hold no personal data; what people write in their own words
lies in tables that can be erased.
"""

from simulations.models.checks import CHECK_TRANSITIONS, CheckStatus, ScenarioCheck
from simulations.models.drafts import KEY_LENGTH, SCHEMA, DraftEdition, ScenarioDraft, ScenarioVersion
from simulations.models.pages import ScenarioPage
from simulations.models.regrades import (
    RUN_REGRADE_TRANSITIONS,
    RunJudgement,
    RunRegrade,
    RunRegradeLine,
    RunRegradeStatus,
)
from simulations.models.reviews import (
    HOMEWORK_TRANSITIONS,
    Hindsight,
    HindsightStatus,
    HomeworkStatus,
    ListHomework,
    MarginNote,
)
from simulations.models.runs import TRANSITIONS, Playthrough, RunStatus, Step

__all__ = [
    "CHECK_TRANSITIONS",
    "HOMEWORK_TRANSITIONS",
    "KEY_LENGTH",
    "RUN_REGRADE_TRANSITIONS",
    "SCHEMA",
    "TRANSITIONS",
    "CheckStatus",
    "DraftEdition",
    "Hindsight",
    "HindsightStatus",
    "HomeworkStatus",
    "ListHomework",
    "MarginNote",
    "Playthrough",
    "RunJudgement",
    "RunRegrade",
    "RunRegradeLine",
    "RunRegradeStatus",
    "RunStatus",
    "ScenarioCheck",
    "ScenarioDraft",
    "ScenarioPage",
    "ScenarioVersion",
    "Step",
]

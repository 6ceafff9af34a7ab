"""An exam with one question for the machine and one for a marker, and who brings marks for it."""

from __future__ import annotations

from typing import Any

import pytest

from assessments.models import ExamVersion
from people.models import Person, Role
from tests.assessments.making import make_exam
from tests.factories import make_person


@pytest.fixture
def version(db: Any) -> ExamVersion:
    return make_exam(types=("single", "short_answer"))


@pytest.fixture
def bringer(db: Any) -> Person:
    return make_person("管理员", roles=(Role.ADMINISTRATOR,))


@pytest.fixture
def examiner(db: Any) -> Person:
    return make_person("阅卷人", roles=(Role.EXAMINER,))

"""The people around a paper that is doubted."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from assessments.models import Attempt
from people.models import Person, Role
from tests.assessments.rechecks.making import make_marked
from tests.factories import make_person


@pytest.fixture
def candidate(db: Any) -> Person:
    return make_person("李考生")


@pytest.fixture
def marker(db: Any) -> Person:
    return make_person("首评人", roles=(Role.EXAMINER,))


@pytest.fixture
def other(db: Any) -> Person:
    return make_person("复核人", roles=(Role.EXAMINER,))


@pytest.fixture
def admin(db: Any) -> Person:
    return make_person("管理员", roles=(Role.ADMINISTRATOR,))


@pytest.fixture
def attempt(candidate: Person, marker: Person, now: datetime) -> Attempt:
    return make_marked(candidate, marker, now=now)

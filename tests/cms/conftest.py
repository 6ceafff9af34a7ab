"""The day on which the site is visited."""

from __future__ import annotations

from typing import Any

import pytest

from tests.certificates.making import NOW


@pytest.fixture(autouse=True)
def _today(monkeypatch: Any) -> None:
    """The pages' clock stands still on the evening the makers use."""
    monkeypatch.setattr("django.utils.timezone.now", lambda: NOW)

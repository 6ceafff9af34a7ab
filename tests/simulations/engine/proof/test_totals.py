"""The search for the least and the most says how sure it is."""

from typing import Any

import pytest

from simulations.engine.document import parse
from simulations.engine.paths import play_path
from simulations.engine.proof import totals
from simulations.engine.proof.report import check
from simulations.engine.proof.totals import Bound
from simulations.engine.scenario import Scenario

from .conftest import Drawing, every_play

SEED = 7


@pytest.fixture
def scenario() -> Scenario:
    return parse(Drawing(SEED).document())


def test_search_that_has_to_leave_plays_out_says_how_far_they_could_go(
    scenario: Scenario, monkeypatch: Any
) -> None:
    for width in ("QUICK", "THOROUGH"):
        monkeypatch.setattr(totals, width, 0)
    truth = every_play(scenario).totals
    report = check(scenario, plays=1)
    assert report.totals is not None
    least, most = report.totals
    assert least.limit <= min(truth) <= least.value
    assert most.value <= max(truth) <= most.limit
    assert report.exact  # of what can be reached all is known
    for bound in (least, most):
        assert play_path(scenario, bound.path).total == bound.value


def test_bound_is_proved_when_nothing_beyond_it_is_left() -> None:
    assert Bound(70.0, (), 70.0).is_proved
    assert not Bound(70.0, (), 70.1).is_proved

import subprocess
import sys

from simulations.engine.ordering import shuffled
from simulations.engine.scenario import Scenario

from .conftest import ROOT

SCRIPT = """
from simulations.engine.document import parse_text
from simulations.engine.ordering import shuffled
scenario = parse_text(open("cms/demo/pack/scenarios/s1.json", encoding="utf-8").read())
print("".join(choice.id for choice in shuffled(scenario.nodes["N01"].choices, "seed-7", "N01")))
"""


def order(scenario: Scenario, seed: str | int, node: str = "N01") -> str:
    return "".join(choice.id for choice in shuffled(scenario.nodes[node].choices, seed, node))


def test_order_is_the_same_for_ever(s1: Scenario) -> None:
    assert [order(s1, "seed-7", node) for node in ("N01", "N02", "N03")] == ["dcab", "dacb", "dabc"]


def test_order_is_the_same_in_another_process(s1: Scenario) -> None:
    environment = {"PYTHONHASHSEED": "123", "PYTHONPATH": str(ROOT)}
    other = subprocess.run(
        [sys.executable, "-c", SCRIPT], env=environment, cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert other.stdout.strip() == order(s1, "seed-7")


def test_order_differs_between_seeds_and_favours_no_place(s1: Scenario) -> None:
    orders = [order(s1, seed) for seed in range(2_400)]
    assert len(set(orders)) == 24
    for place in range(4):
        shares = [sum(of[place] == choice for of in orders) for choice in "abcd"]
        assert all(500 < share < 700 for share in shares)


def test_order_keeps_every_choice(s1: Scenario) -> None:
    assert sorted(order(s1, 1)) == ["a", "b", "c", "d"]

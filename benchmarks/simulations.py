"""How fast the pure core plays and proves: `python -m benchmarks.simulations` from the project's root.

Random plays of 老楼新梯 are drawn first; timed is making their steps again, each checked as in a real play, from
`start` to the ending. A step is one choice made (`scenario_steps`). Then the whole story is proved, every state of it,
in a process of its own: seconds and the most memory it held (`scenario_check`); it has to come out exact.
"""

import random
import resource
import subprocess
import sys
from pathlib import Path
from time import perf_counter, process_time

from benchmarks.figures import report
from simulations.engine.document import parse_text
from simulations.engine.play import open_choices, replay, start, step
from simulations.engine.proof.report import check
from simulations.engine.scenario import Scenario

S1 = Path(__file__).parent.parent / "cms/demo/pack/scenarios/s1.json"
PLAYS = 2_000
ROUNDS = 9


def random_play(scenario: Scenario, chance: random.Random) -> tuple[str, ...]:
    state = start(scenario)
    while not state.is_ended:
        state = step(scenario, state, chance.choice(open_choices(scenario, state)))
    return state.choices


def steps_per_second(scenario: Scenario, plays: list[tuple[str, ...]]) -> float:
    begun = perf_counter()
    for choices in plays:
        replay(scenario, choices)
    return sum(len(choices) for choices in plays) / (perf_counter() - begun)


def prove(scenario: Scenario) -> None:
    begun, worked = perf_counter(), process_time()
    found = check(scenario)
    assert found.exact, found.why_sampled
    assert all(bound.is_proved for bound in found.totals or ())
    report(
        "scenario_check",
        "s",
        [perf_counter() - begun],
        cpu_s=round(process_time() - worked, 1),
        states=found.states,
        peak_mib=round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024),
        exact=found.exact,
    )


def main() -> None:
    scenario = parse_text(S1.read_text(encoding="utf-8"))
    if "prove" in sys.argv:
        prove(scenario)
        return
    chance = random.Random(20261122)
    plays = [random_play(scenario, chance) for _ in range(PLAYS)]
    rates = [steps_per_second(scenario, plays) for _ in range(ROUNDS)]
    report("scenario_steps", "steps/s", [round(rate) for rate in rates])
    subprocess.run([sys.executable, "-m", "benchmarks.simulations", "prove"], check=True)


if __name__ == "__main__":
    main()

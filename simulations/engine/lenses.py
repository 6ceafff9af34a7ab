"""What a group of people would make of an outcome: the weighted share of what they care about, 0–100."""

from fractions import Fraction

from .play import State
from .scenario import Lens, Scenario, Variable


def value(scenario: Scenario, state: State, lens: Lens) -> float:
    """What a finished play is worth through this lens, 0–100.

    Each weighed variable counts by its share of its range (what is spent: of what there was at first), a negative
    weight by what is missing of it; the ending by what the lens says it is worth. The weighted mean of these.
    """
    total = Fraction(0)
    for key, weight in lens.weights.items():
        of = scenario.variables[key]
        share = share_of(of, state.values[of.slot], is_spent=is_spent(scenario, key))
        total += weight * share if weight > 0 else -weight * (1 - share)
    total += Fraction(lens.ending_weight * lens.endings.get(state.ending, 0), 100)
    most = sum(abs(weight) for weight in lens.weights.values()) + lens.ending_weight
    return round(float(100 * total / most), 1)


def wants_low(scenario: Scenario, key: str) -> bool:
    """Whether people would rather have less of this variable: some lens weighs it, and none wants it high.

    What the score counts upwards is wanted high, whatever the lenses say; so is what nobody weighs.
    """
    if key in (scenario.marks.compliance, *scenario.marks.outcome) or is_spent(scenario, key):
        return False
    weights = [lens.weights[key] for lens in scenario.lenses if lens.weights.get(key)]
    return bool(weights) and max(weights) < 0


def is_loss(scenario: Scenario, key: str, change: float) -> bool:
    """Whether a change goes against what people want of this variable."""
    return change > 0 if wants_low(scenario, key) else change < 0


def is_spent(scenario: Scenario, key: str) -> bool:
    """Whether a variable is something one has less and less of: a resource, or time."""
    return key in scenario.resources or key == scenario.marks.time


def share_of(variable: Variable, value: int, *, is_spent: bool) -> Fraction:
    """Where a value (in hundredths) stands, 0–1: between the bounds, or between nothing and the initial value."""
    low, high = (0, variable.init) if is_spent else (variable.lo, variable.hi)
    if high <= low:
        return Fraction(0)
    return Fraction(min(max(value, low), high) - low, high - low)

"""Conditions, locks and changes in Chinese, the language of the scenarios they are woven from.

These sentences are made of the scenario's own words (names of variables and flags), so they speak its language and
not the reader's; whatever is pure interface belongs to `messages`.
"""

from .conditions import AllOf, Always, AnyOf, Compare, Decisive, HasFlag, Not, Operator, Tree
from .play import Lock
from .scenario import Scenario

SIGNS: dict[Operator, str] = {"<=": "≤", ">=": "≥", "<": "<", ">": ">", "==": "="}
OPPOSITES: dict[Operator, str] = {"<=": ">", ">=": "<", "<": "≥", ">": "≤", "==": "≠"}
UNREVEALED = "一项还看不见的条件"


def describe(tree: Tree, scenario: Scenario, *, reveal: bool = True) -> str:
    """A condition as one reads it: 居民信任 ≤ 8 且 无「已逐户入户建档」.

    With `reveal=False` comparisons of hidden variables are not spelled out: for readers still at play.
    """
    match tree:
        case Always(truth):
            return "总是" if truth else "从不"
        case HasFlag(flag):
            return f"「{scenario.flags[flag].name}」"
        case Compare(key, _, op, number, _):
            variable = scenario.variables[key]
            is_told = reveal or variable.is_visible
            return f"{variable.label} {SIGNS[op]} {number}" if is_told else UNREVEALED
        case Not(HasFlag(flag)):
            return f"无「{scenario.flags[flag].name}」"
        case Not(part):
            return f"非（{describe(part, scenario, reveal=reveal)}）"
        case AllOf(parts):
            return " 且 ".join(_bracketed(part, scenario, reveal) for part in parts)
        case AnyOf(parts):
            return " 或 ".join(_bracketed(part, scenario, reveal) for part in parts)


def _bracketed(tree: Tree, scenario: Scenario, reveal: bool) -> str:
    text = describe(tree, scenario, reveal=reveal)
    return f"（{text}）" if isinstance(tree, AllOf | AnyOf) else text


def describe_decisive(reason: Decisive, scenario: Scenario) -> str:
    """A flag or comparison as it stood: 无「已做管线物探」, 一二层接受度 < 60."""
    if isinstance(reason.tree, HasFlag):
        return describe(reason.tree if reason.held else Not(reason.tree), scenario)
    sign = SIGNS[reason.tree.op] if reason.held else OPPOSITES[reason.tree.op]
    return f"{scenario.variables[reason.tree.variable].label} {sign} {reason.tree.number}"


def lock_reason(lock: Lock, scenario: Scenario) -> str:
    """Why a choice cannot be made: 需要工作经费 3，现在只剩 1 / 需要：「已做日照/噪声分析」."""
    if lock.unmet is not None:
        return f"需要：{describe(lock.unmet.tree, scenario, reveal=False)}"
    name = lock.resource.name if lock.resource else ""
    return f"需要{name} {amount(lock.cost)}，现在只剩 {amount(lock.left)}"


def amount(number: float) -> str:
    """A number without needless decimals: 1.0 → 1, 2.50 → 2.5."""
    return f"{number:.2f}".rstrip("0").rstrip(".")


def signed(number: float) -> str:
    """A change with its sign, the minus as a minus and not a hyphen: +8, −0.5."""
    return f"+{amount(number)}" if number >= 0 else f"−{amount(-number)}"

"""`tell`: one step of a history becomes one operation. The modules beside this one register their kinds of step."""

from __future__ import annotations

from collections.abc import Mapping
from functools import singledispatch

from cms.demo.histories.steps import Step
from people.models import Person

People = Mapping[str, Person]


@singledispatch
def tell(step: Step, people: People) -> None:
    """Do what the step says, at its time, unless it was done before. `people` are those of the pack."""
    raise NotImplementedError(f"nobody can tell {type(step).__name__}")

"""Question types as pure classes: what a question may say, what a candidate sees, and what an answer is worth.

`item_type("multiple")` gives the type; everything else goes through its methods (`assessments.items.base`).
To add a type, add one file to `assessments/items/types/`: it is found and registered by being there.
"""

from importlib import import_module
from pkgutil import iter_modules

from assessments.items import types
from assessments.items.base import ItemType, JSONObject, Response, Score
from assessments.items.problems import ItemInvalid, MarksInvalid, Message, Problem, ResponseInvalid
from assessments.items.registry import ITEM_TYPES, item_type
from assessments.items.rubric import RubricType

for _module in iter_modules(types.__path__, prefix=f"{types.__name__}."):
    import_module(_module.name)
for _code in sorted(ITEM_TYPES, key=lambda code: ITEM_TYPES[code].rank):
    ITEM_TYPES[_code] = ITEM_TYPES.pop(_code)

__all__ = [
    "ITEM_TYPES",
    "ItemInvalid",
    "ItemType",
    "JSONObject",
    "MarksInvalid",
    "Message",
    "Problem",
    "Response",
    "ResponseInvalid",
    "RubricType",
    "Score",
    "item_type",
]

"""Foreign keys obey the floors too: import-linter does not see "app.Model" written as a string."""

from __future__ import annotations

from django.apps import apps
from django.conf import settings

FLOORS = {
    "core": 1,
    "people": 2,
    "competencies": 3,
    "library": 4,
    "simulations": 5,
    "assessments": 5,
    "mentoring": 5,
    "courses": 6,
    "certificates": 7,
    "careers": 8,
    "cms": 9,
}


def test_every_room_stands_on_a_floor() -> None:
    assert set(settings.ROOMS) <= set(FLOORS)


def test_no_foreign_key_points_upward_or_sideways() -> None:
    wrong = [
        f"{model._meta.label}.{field.name} → {field.related_model._meta.label}"
        for model in apps.get_models()
        if model._meta.app_label in FLOORS
        for field in model._meta.get_fields()
        if field.concrete and field.is_relation and field.related_model is not None
        if not _may_point(model._meta.app_label, field.related_model._meta.app_label)
    ]
    assert wrong == []


def _may_point(room: str, target: str) -> bool:
    if target not in FLOORS or target == room:
        return True
    return FLOORS[target] < FLOORS[room]

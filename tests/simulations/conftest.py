"""A released 老楼新梯 and somebody at play in it."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import Group, Permission

from people.models import Person, Role
from simulations.drafts import store_draft
from simulations.models import Playthrough, ScenarioVersion
from simulations.playing import choose, start_playthrough
from simulations.releasing import release_scenario
from tests.factories import make_person
from tests.library.making import stock_library

ROOT = Path(__file__).parents[2]
S1_FILE = ROOT / "cms/demo/pack/scenarios/s1.json"
PATHS = json.loads((Path(__file__).parent / "engine/paths.json").read_text(encoding="utf-8"))
GOLDEN = (
    "N01b", "N02b", "N03c", "N04c", "N06a", "N07c", "N08b",
    "N09c", "N10d", "N11c", "N13b", "N14d", "N15c", "N16b",
)  # fmt: skip
GOLDEN_PATH = ",".join(GOLDEN)
WORST = "N01c,N02a,N03d,N04a,N05b,N06c"


@pytest.fixture(autouse=True)
def _library(request: pytest.FixtureRequest) -> None:
    """What 老楼新梯 cites must be there before it can be stored or released."""
    if request.node.get_closest_marker("django_db") or "db" in request.fixturenames:
        request.getfixturevalue("db")
        stock_library()


@pytest.fixture
def document() -> Any:
    """The document as it ships, to bend."""
    return json.loads(S1_FILE.read_text(encoding="utf-8"))


@pytest.fixture
def version(db: Any, document: Any, now: datetime) -> ScenarioVersion:
    """老楼新梯, released."""
    return release_scenario(draft=store_draft(document=document, by=None, now=now), by=None, now=now)


@pytest.fixture
def run(version: ScenarioVersion, person: Person, now: datetime) -> Playthrough:
    """A run that has just begun."""
    return start_playthrough(person=person, scenario_key=version.key, now=now, seed="seed")


@pytest.fixture
def staff(login: Any) -> Any:
    """`staff(role)` → a client of somebody with that role, who may enter the admin at all."""

    def _staff(role: Role) -> Any:
        person = make_person(roles=(role,))
        access = Permission.objects.get(content_type__app_label="wagtailadmin", codename="access_admin")
        Group.objects.get(name=role.value).permissions.add(access)
        return login(person)

    return _staff


def play_path(run: Playthrough, path: str, now: datetime) -> Playthrough:
    """Make the choices of a written path, one after another."""
    for name in path.split(","):
        run = choose(playthrough=run, node=name[:-1], choice=name[-1], now=now)
    return run

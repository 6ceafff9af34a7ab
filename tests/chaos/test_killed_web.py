"""Web workers killed while candidates save (faults.md row 13): whatever was acknowledged is in the database."""

from __future__ import annotations

import os
import random
import signal
import time

import pytest

from tests.assessments.making import make_exam
from tests.chaos.saving import (
    all_saving,
    assert_nothing_acknowledged_is_lost,
    sit_down,
    site_environment,
)
from tests.processes import web_server

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]

KILLS = 100
LONGEST_LIFE = 0.4  # seconds that a worker goes on after the first save since the last kill


def test_every_acknowledged_save_is_in_the_database() -> None:
    make_exam(types=("single",))
    chance, killed = random.Random(13), 0
    with web_server(site_environment(), preload=True) as server:
        browsers = sit_down(server.port)
        with all_saving(browsers) as everybody_saved_again:
            while killed < KILLS and everybody_saved_again():
                time.sleep(chance.uniform(0, LONGEST_LIFE))
                os.kill(chance.choice(server.workers()), signal.SIGKILL)
                killed += 1
    assert killed == KILLS
    assert sum(browser.broken for browser in browsers) > 0
    assert_nothing_acknowledged_is_lost(browsers)

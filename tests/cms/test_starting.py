"""What an operator starts: the demo on an empty folder, by the real migrations, and production with all its secrets."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

from cms.demo.pack import read_yaml

ROOT = Path(settings.BASE_DIR)
PRODUCTION = {
    "SECRET_KEY": "a-secret-of-fifty-characters-that-only-this-test-knows",
    "ALLOWED_HOSTS": "xueyuan.example",
    "QINGLAN_BASE_URL": "https://xueyuan.example",
    "DATABASE_URL": "postgres://nobody@127.0.0.1:1/none",
    "CACHE_URL": "redis://127.0.0.1:1/0",
    "CELERY_BROKER_URL": "redis://127.0.0.1:1/1",
    "QINGLAN_FIELD_KEYS": "dGVzdC1vbmx5LWtleS10aGlydHktdHdvLWJ5dGVzISE=",
}


def manage(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """`manage.py …` in a process of its own that knows of our environment only the path."""
    clean = {"PATH": os.environ["PATH"], "LANG": "C.UTF-8", "PYTHONDONTWRITEBYTECODE": "1", **environment}
    command = [sys.executable, "manage.py", *arguments]
    return subprocess.run(command, cwd=ROOT, env=clean, capture_output=True, text=True, timeout=300)


def test_demo_builds_on_nothing_and_again_on_itself(tmp_path: Path) -> None:
    var = str(tmp_path / "var")
    first, second = (manage("demo", "--no-serve", "--json", QINGLAN_VAR=var) for _ in range(2))
    assert (first.returncode, second.returncode) == (0, 0), first.stderr + second.stderr
    counts = json.loads(first.stdout)
    assert counts == json.loads(second.stdout)
    people = [*read_yaml("people.yaml")["people"], *read_yaml("cohort/induction.yaml")["members"]]
    assert (counts["people"], counts["certificates"]) == (len(people), 16)
    checked = manage("check", "--database", "default", "--fail-level", "WARNING", QINGLAN_VAR=var)
    assert checked.returncode == 0, checked.stderr
    for command in ("audit_log_verify", "check_consistency"):
        report = manage(command, QINGLAN_VAR=var)
        assert report.returncode == 0, report.stdout + report.stderr


def test_production_starts_with_everything_it_needs(tmp_path: Path) -> None:
    started = production(tmp_path, PRODUCTION)
    assert started.returncode == 0, started.stderr


@pytest.mark.parametrize("missing", PRODUCTION)
def test_production_does_not_start_without(missing: str, tmp_path: Path) -> None:
    """docs/adr/0004: no default stands in for a secret."""
    given = {name: value for name, value in PRODUCTION.items() if name != missing}
    started = production(tmp_path, given)
    assert started.returncode != 0
    assert missing in started.stderr


def production(folder: Path, environment: dict[str, str]) -> Any:
    """Read the production settings as every process of the site does first."""
    return manage(
        "diffsettings",
        DJANGO_SETTINGS_MODULE="cms.settings.production",
        QINGLAN_VAR=str(folder),
        **environment,
    )

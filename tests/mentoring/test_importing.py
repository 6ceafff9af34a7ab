"""Paper agreements read from YAML."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.conf import settings

from core.errors import Refusal
from mentoring.importing import METHODS, Imported, import_pairings
from mentoring.models import Pairing, SessionLog
from mentoring.terms import Method, SessionStatus, Tier
from people.models import Notice, Person, ScopeGrant
from tests.mentoring.factories import make_administrator, make_participant

PACK = Path(settings.BASE_DIR) / "cms" / "demo" / "pack" / "pairings.yaml"


@pytest.fixture
def administrator(db: Any) -> Person:
    return make_administrator()


def make_people() -> dict[str, str]:
    mentor = make_participant(Tier.BACKBONE, capacity=8)
    mentee = make_participant(Tier.NEW)
    return {"mentor": mentor.account.staff_number, "mentee": mentee.account.staff_number}


def entry(**fields: Any) -> dict[str, Any]:
    return {
        "agreement_no": "QL-2026-018",
        "tiers": ["backbone", "new"],
        "area": "入户走访与台账",
        "since": date(2026, 7, 1),
        "until": date(2027, 6, 30),
        "signed": {"mentor": date(2026, 6, 29), "mentee": date(2026, 6, 29), "unit": date(2026, 6, 30)},
        "goals": [{"leaf": "DIG", "target": 60, "text": "能独立画出热力图"}],
        "sessions": [
            {
                "held_on": date(2026, 9, 10),
                "minutes": 90,
                "method": "现场教学",
                "text": "一起走访三号楼二单元。",
                "written_by": "mentor",
                "confirmed_on": date(2026, 9, 11),
            },
            {
                "held_on": date(2026, 11, 19),
                "minutes": 75,
                "method": "放手实践",
                "text": "小满自己去101。",
                "written_by": "mentee",
                "confirmed_on": None,
            },
        ],
        **fields,
    }


def write(folder: Path, *entries: Any) -> Path:
    path = folder / "pairings.yaml"
    path.write_text(yaml.safe_dump({"pairings": list(entries)}, allow_unicode=True), encoding="utf-8")
    return path


def test_methods_of_the_file_are_all_methods() -> None:
    assert set(METHODS.values()) == set(Method)


def test_import_keeps_the_dates_of_the_paper(administrator: Person, tmp_path: Path, now: datetime) -> None:
    path = write(tmp_path, entry(**make_people()))
    assert import_pairings(path, by=administrator, now=now) == Imported(pairings=1, sessions=2)
    pairing = Pairing.objects.get()
    assert (pairing.area, pairing.mentee_signed_on, pairing.unit_signed_on) == (
        "入户走访与台账",
        date(2026, 6, 29),
        date(2026, 6, 30),
    )
    first, second = SessionLog.objects.order_by("held_on")
    assert (first.status, first.written_by_id) == (SessionStatus.CONFIRMED, pairing.mentor_id)
    assert (second.status, second.written_by_id) == (SessionStatus.WRITTEN, pairing.mentee_id)
    assert ScopeGrant.objects.get().since_at.date() == date(2026, 7, 1)


def test_import_twice_changes_nothing(administrator: Person, tmp_path: Path, now: datetime) -> None:
    path = write(tmp_path, entry(**make_people()))
    counts = []
    for _time in range(2):
        import_pairings(path, by=administrator, now=now)
        counts.append([model.objects.count() for model in (Pairing, SessionLog, ScopeGrant, Notice)])
    assert counts[0] == counts[1]


@pytest.mark.parametrize(
    "fields",
    [
        {"mentor": "9999-0000"},
        {"tiers": ["senior", "backbone"]},
        {"signed": {"mentor": date(2026, 6, 29)}},
        {"since": "七月"},
        {"goals": [{"leaf": "DIG"}]},
        {"sessions": [{"held_on": date(2026, 9, 10), "minutes": 90, "method": "讲故事"}]},
    ],
)
def test_import_of_a_bad_entry_names_it_and_keeps_nothing(
    administrator: Person, tmp_path: Path, now: datetime, fields: dict[str, Any]
) -> None:
    good = entry(agreement_no="QL-2026-001", **make_people())
    bad = {**entry(**make_people()), **fields}
    with pytest.raises(Refusal, match="QL-2026-018"):
        import_pairings(write(tmp_path, good, bad), by=administrator, now=now)
    assert Pairing.objects.count() == 0


@pytest.mark.parametrize("text", ["[", "- 1", "people: []", "pairings: 3", ""])
def test_import_of_another_file_is_refused(
    administrator: Person, tmp_path: Path, now: datetime, text: str
) -> None:
    path = tmp_path / "pairings.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(Refusal, match=r"pairings\.yaml"):
        import_pairings(path, by=administrator, now=now)


def test_demo_pack_reads(administrator: Person, now: datetime) -> None:
    """The pack's agreements hold by our own rules, whoever the people are."""
    entries = yaml.safe_load(PACK.read_text(encoding="utf-8"))["pairings"]
    tiers = {}
    for item in entries:
        tiers |= {item["mentor"]: item["tiers"][0], item["mentee"]: item["tiers"][1]}
    for staff_number, tier in tiers.items():
        account = make_participant(Tier(tier), capacity=8).account
        account.staff_number = staff_number
        account.save()
    imported = import_pairings(PACK, by=administrator, now=now)
    assert imported.pairings == len(entries)
    assert Pairing.objects.active().count() == len(entries)

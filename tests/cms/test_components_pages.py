"""Where pages draw what components offer: a record's leaves and months, what a mentor sees before an endorsement."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from cms.records import Leaf, leaves_of, record_of
from competencies.framework import leaf_titles
from competencies.models import Evidence, EvidenceKind
from competencies.profile import LeafStanding
from mentoring.record import ShownLine, shown_lines
from tests.certificates.making import NOW, make_certificate
from tests.factories import make_person

TITLES = list(leaf_titles().values())
PROFILE = {
    "DIG": LeafStanding(Decimal("100.0"), Decimal(1), 2),
    "LAW": LeafStanding(Decimal("86.5"), Decimal(1), 1),
}


def test_every_leaf_is_drawn_in_order_and_only_evidence_has_a_score() -> None:
    leaves = leaves_of(PROFILE)
    assert [leaf.title for leaf in leaves] == TITLES
    assert [leaf for leaf in leaves if leaf.score is not None] == [
        Leaf(leaf_titles()["LAW"], Decimal("86.5"), "86.5"),
        Leaf(leaf_titles()["DIG"], Decimal("100.0"), "100"),
    ]


def test_what_a_mentee_has_shown_says_how_much_is_behind_it() -> None:
    rows = [
        Evidence(subject_id=1, kind=EvidenceKind.EXAM, score=Decimal(1), weights={"DIG": "1"}),
        Evidence(subject_id=2, kind=EvidenceKind.COURSE, score=Decimal(1), weights={"DIG": "1"}),
        Evidence(subject_id=2, kind=EvidenceKind.COURSE, weights={"LAW": "1"}, leaf_scores={"LAW": "0.8"}),
        Evidence(subject_id=3, kind=EvidenceKind.EXAM, score=Decimal(1), weights={"DIG": "1"}),
        Evidence(subject_id=4, kind=EvidenceKind.PRACTICE, weights={"LAW": "1"}),
    ]
    lines = shown_lines(PROFILE, rows)
    assert [line.title for line in lines] == TITLES
    assert [line for line in lines if line.score is not None] == [
        ShownLine(leaf_titles()["LAW"], Decimal("86.5"), "86.5", "来自 1 门学完的课程"),
        ShownLine(leaf_titles()["DIG"], Decimal("100.0"), "100", "来自 2 次考试"),
    ]


@pytest.mark.django_db
def test_record_lays_its_evidence_out_in_time() -> None:
    person = make_certificate("许知秋").person
    scale = record_of(person, at=NOW, own=True).trail
    assert scale is not None
    assert [lane.title for lane in scale.lanes][-1] == "已发证书"
    assert [mark.on for mark in scale.marks] == sorted(mark.on for mark in scale.marks)
    assert [mark.state for mark in scale.marks].count("issued") == 1


@pytest.mark.django_db
def test_record_of_somebody_new_has_no_months_to_show(login: Any) -> None:
    person = make_person()
    page = login(person).get("/me/")
    assert page.context["record"].trail is None
    assert ('class="scale"' in page.content.decode(), "还没有能力证据" in page.content.decode()) == (
        False,
        True,
    )

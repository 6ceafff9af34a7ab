"""A mentor's judgement and the evidence it leaves."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import Error, connection, transaction

from competencies.models import Evidence
from competencies.profile import LeafStanding, profile_of
from core.appendonly import AppendOnlyViolation
from core.errors import NotAllowed, Refusal
from core.models import AuditEntry
from mentoring.endorsements import endorse
from mentoring.models import Endorsement, EndorsementText, Pairing
from mentoring.pairings import Goal, end_pairing
from mentoring.terms import Judgement, PairingResult
from tests.factories import make_person
from tests.mentoring.factories import WORDS, make_administrator, make_pairing, make_session

REACHED, NOT_YET = Judgement.REACHED, Judgement.NOT_YET


def judge(pairing: Pairing, *said: Judgement) -> dict[int, Judgement]:
    goals = pairing.goals.order_by("pk").values_list("pk", flat=True)
    return dict(zip(goals, said, strict=False))


def give(pairing: Pairing, now: datetime, *said: Judgement, text: str = WORDS, by: Any = None) -> Endorsement:
    return endorse(
        pairing=pairing, judgements=judge(pairing, *said), text=text, by=by or pairing.mentor, now=now
    )


@pytest.fixture
def pairing(db: Any) -> Pairing:
    """A pairing with one session both confirmed."""
    pairing = make_pairing()
    make_session(pairing)
    return pairing


def test_endorsement_of_reached_goals_is_evidence(pairing: Pairing, now: datetime) -> None:
    endorsement = give(pairing, now, REACHED, REACHED)
    (evidence,) = Evidence.objects.standing().of(pairing.mentee)
    assert (evidence.kind, evidence.score, evidence.source_key) == (
        "endorsement",
        Decimal(1),
        f"endorsement:{endorsement.pk}",
    )
    assert (evidence.subject.kind, evidence.subject.key) == ("pairing", "QL-2026-001")
    assert evidence.weights == {"EMP": "0.5000", "DIG": "0.5000"}
    assert evidence.leaf_scores == {}
    assert evidence.version_hash == endorsement.content_hash
    assert evidence.occurred_at == now


def test_endorsement_shows_in_the_profile(pairing: Pairing, now: datetime) -> None:
    give(pairing, now, REACHED)
    assert profile_of(pairing.mentee) == {"EMP": LeafStanding(Decimal("100.0"), Decimal("1.0000"), 1)}


def test_two_goals_on_one_leaf_weigh_as_one_leaf(db: Any, now: datetime) -> None:
    goals = (Goal("EMP", 60, "先听"), Goal("EMP", 70, "再复述"), Goal("LAW", 60, "说清边界"))
    pairing = make_pairing(goals=goals)
    make_session(pairing)
    give(pairing, now, REACHED, REACHED, REACHED)
    assert Evidence.objects.get().weights == {"EMP": "0.5000", "LAW": "0.5000"}


def test_endorsement_row_holds_no_words(pairing: Pairing, now: datetime) -> None:
    endorsement = give(pairing, now, REACHED)
    row = Endorsement.objects.filter(pk=endorsement.pk).values_list().get()
    assert WORDS not in map(str, row)
    assert EndorsementText.objects.get(endorsement=endorsement).text == WORDS


def test_endorsement_row_cannot_be_changed_and_its_words_can_be_erased(
    pairing: Pairing, now: datetime
) -> None:
    endorsement = give(pairing, now, REACHED)
    with pytest.raises(AppendOnlyViolation):
        endorsement.save()
    with pytest.raises(Error), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE mentoring_endorsement SET all_reached = %s", [False])
    endorsement.words.delete()
    assert Endorsement.objects.filter(pk=endorsement.pk, all_reached=True).exists()


def test_goal_not_yet_reached_is_no_evidence(pairing: Pairing, now: datetime) -> None:
    endorsement = give(pairing, now, REACHED, NOT_YET)
    assert endorsement.all_reached is False
    assert Evidence.objects.count() == 0


def test_endorse_twice_in_the_same_words_is_once(pairing: Pairing, now: datetime) -> None:
    first = give(pairing, now, REACHED)
    again = give(pairing, now + timedelta(minutes=1), REACHED)
    assert again == first
    assert Evidence.objects.count() == 1
    assert AuditEntry.objects.filter(action="endorsement.given").count() == 1
    assert pairing.mentee.notices.filter(source_key__startswith="endorsement:").count() == 1


def test_second_endorsement_of_the_same_goals_supersedes(pairing: Pairing, now: datetime) -> None:
    first = give(pairing, now, REACHED)
    second = give(pairing, now, REACHED, text=WORDS + "第二次看，仍然如此。")
    (standing,) = Evidence.objects.standing().of(pairing.mentee)
    assert standing.source_key == f"endorsement:{second.pk}"
    assert standing.supersedes.source_key == f"endorsement:{first.pk}"
    assert Evidence.objects.count() == 2


def test_endorsements_of_different_goals_stand_beside_each_other(pairing: Pairing, now: datetime) -> None:
    first_goal, second_goal = pairing.goals.order_by("pk")
    for goal in (first_goal, second_goal):
        endorse(pairing=pairing, judgements={goal.pk: REACHED}, text=WORDS, by=pairing.mentor, now=now)
    assert Evidence.objects.standing().of(pairing.mentee).count() == 2


def test_later_doubt_takes_the_evidence_back(pairing: Pairing, now: datetime) -> None:
    give(pairing, now, REACHED, REACHED)
    give(pairing, now, REACHED, NOT_YET)
    assert Evidence.objects.standing().of(pairing.mentee).count() == 0
    give(pairing, now, REACHED, REACHED, text=WORDS + "补上了。")
    assert Evidence.objects.standing().of(pairing.mentee).count() == 1


def test_endorsement_needs_a_session_confirmed_by_both(db: Any, now: datetime) -> None:
    pairing = make_pairing()
    make_session(pairing, confirmed=False)
    with pytest.raises(Refusal) as refused:
        give(pairing, now, REACHED)
    assert refused.value.code == "sessions"
    assert Endorsement.objects.count() == 0


def test_sessions_needed_can_be_raised_but_not_lowered(
    pairing: Pairing, now: datetime, settings: Any
) -> None:
    settings.MENTORING_SESSIONS_NEEDED = 2
    with pytest.raises(Refusal):
        give(pairing, now, REACHED)
    settings.MENTORING_SESSIONS_NEEDED = 0
    bare = make_pairing("QL-2026-002")
    with pytest.raises(Refusal):
        give(bare, now, REACHED)


def test_session_of_another_pairing_does_not_count(db: Any, now: datetime) -> None:
    make_session(make_pairing("QL-2026-001"))
    bare = make_pairing("QL-2026-002")
    with pytest.raises(Refusal) as refused:
        give(bare, now, REACHED)
    assert refused.value.code == "sessions"


def test_goal_of_another_pairing_is_refused(pairing: Pairing, now: datetime) -> None:
    foreign = make_pairing("QL-2026-002").goals.order_by("pk").first()
    own = pairing.goals.order_by("pk").first()
    with pytest.raises(Refusal) as refused:
        endorse(
            pairing=pairing,
            judgements={own.pk: REACHED, foreign.pk: REACHED},
            text=WORDS,
            by=pairing.mentor,
            now=now,
        )
    assert refused.value.code == "goals"


def test_endorsement_without_any_goal_is_refused(pairing: Pairing, now: datetime) -> None:
    with pytest.raises(Refusal) as refused:
        give(pairing, now)
    assert refused.value.code == "goals"


@pytest.mark.parametrize("length", [0, 19, 1001])
def test_endorsement_text_out_of_bounds_is_refused(pairing: Pairing, now: datetime, length: int) -> None:
    with pytest.raises(Refusal) as refused:
        give(pairing, now, REACHED, text="字" * length)
    assert refused.value.code == "text"


@pytest.mark.parametrize("length", [20, 1000])
def test_endorsement_text_at_the_bounds_is_taken(pairing: Pairing, now: datetime, length: int) -> None:
    assert give(pairing, now, REACHED, text="字" * length).pk


def test_only_the_mentor_endorses(pairing: Pairing, now: datetime) -> None:
    for by in (pairing.mentee, make_person(), make_administrator()):
        with pytest.raises(NotAllowed):
            give(pairing, now, REACHED, by=by)


def test_former_mentor_endorses_nothing(db: Any, now: datetime) -> None:
    administrator = make_administrator()
    pairing = make_pairing(by=administrator)
    make_session(pairing)
    end_pairing(pairing=pairing, result=PairingResult.PASSED, by=administrator, now=now)
    with pytest.raises(Refusal) as refused:
        give(pairing, now, REACHED)
    assert refused.value.code == "ended"
    assert Evidence.objects.count() == 0

"""Seats: by an order, by a list, by hand; one person a seat at any time, and numbers that stay."""

from __future__ import annotations

from itertools import permutations

import pytest
from django.db import IntegrityError, transaction

from certificates.batches import return_batch
from certificates.ceremony.seats import LAST_SEAT, Listed, SeatOrder, arrange_seats, move_by_one, move_to_seat
from certificates.issuing import issue_batch
from certificates.models import BatchRow, CertificateBatch
from core.errors import NotAllowed, Refusal
from core.models import AuditEntry
from people.models import Person, Role
from tests.certificates.ceremony.making import make_ceremony, make_places, seating
from tests.certificates.making import NOW
from tests.factories import make_organisation, make_person

pytestmark = pytest.mark.django_db


def row_of(batch: CertificateBatch, name: str) -> BatchRow:
    return batch.rows.select_related("batch").get(person__account__name=name)


def numbers(batch: CertificateBatch) -> dict[str, str]:
    return dict(batch.rows.values_list("person__account__name", "person__account__staff_number"))


def test_by_organisation_goes_down_the_tree_and_then_by_staff_number() -> None:
    batch, by = make_ceremony("甲", "乙", "丙", "丁", places=make_places()[::-1], seated=False, issued=False)
    assert arrange_seats(batch=batch, order=SeatOrder.ORGANISATION, by=by, now=NOW) == 4
    assert seating(batch) == [(1, "乙"), (2, "丁"), (3, "甲"), (4, "丙")]


def test_by_pinyin_reads_surnames_right_and_follows_readings_by_hand() -> None:
    batch, by = make_ceremony("曾小贤", "单雄信", "区志明", "欧阳𬭎", seated=False, issued=False)
    arrange_seats(batch=batch, order=SeatOrder.PINYIN, by=by, now=NOW)
    assert [name for _seat, name in seating(batch)] == ["区志明", "欧阳𬭎", "单雄信", "曾小贤"]
    batch.rows.filter(person__account__name="单雄信").update(reading="dān xióng xìn")
    arrange_seats(batch=batch, order=SeatOrder.PINYIN, by=by, now=NOW)
    assert [name for _seat, name in seating(batch)] == ["单雄信", "区志明", "欧阳𬭎", "曾小贤"]


def test_seating_again_moves_everybody_under_the_constraint() -> None:
    batch, by = make_ceremony("甲", "乙", "丙")
    number = numbers(batch)
    for names in permutations("甲乙丙"):
        listed = [Listed(number[name]) for name in names]
        arrange_seats(batch=batch, order=listed, by=by, now=NOW)
        assert seating(batch) == list(enumerate(names, start=1))


def test_list_may_say_the_seats_and_who_is_not_on_it_sits_behind() -> None:
    batch, by = make_ceremony("甲", "乙", "丙", seated=False)
    number = numbers(batch)
    listed = [Listed(number["丙"], 7), Listed(number["甲"], 2)]
    arrange_seats(batch=batch, order=listed, by=by, now=NOW)
    assert seating(batch) == [(2, "甲"), (7, "丙"), (8, "乙")]


def test_list_with_a_stranger_or_somebody_twice_moves_nobody() -> None:
    batch, by = make_ceremony("甲", "乙", "丙")
    number, before = numbers(batch), seating(batch)
    twice = [Listed(number["乙"]), Listed(number["乙"])]
    one_seat = [Listed(number["乙"], 1), Listed(number["甲"], 1)]
    for listed in (twice, one_seat, [Listed("9999-9999")]):
        with pytest.raises(Refusal):
            arrange_seats(batch=batch, order=listed, by=by, now=NOW)
    assert seating(batch) == before


@pytest.mark.parametrize(
    ("name", "seat", "after"),
    [
        ("甲", 3, "乙丙甲丁"),
        ("丁", 1, "丁甲乙丙"),
        ("丙", 2, "甲丙乙丁"),
        ("乙", 2, "甲乙丙丁"),
    ],
)
def test_moving_to_a_taken_seat_moves_those_in_between(name: str, seat: int, after: str) -> None:
    batch, by = make_ceremony("甲", "乙", "丙", "丁")
    assert move_to_seat(row=row_of(batch, name), seat=seat, by=by, now=NOW).seat == seat
    assert seating(batch) == list(enumerate(after, start=1))


def test_moving_to_a_free_seat_leaves_a_gap() -> None:
    batch, by = make_ceremony("甲", "乙", "丙")
    move_to_seat(row=row_of(batch, "甲"), seat=9, by=by, now=NOW)
    assert seating(batch) == [(2, "乙"), (3, "丙"), (9, "甲")]
    move_to_seat(row=row_of(batch, "甲"), seat=2, by=by, now=NOW)
    assert seating(batch) == [(2, "甲"), (3, "乙"), (9, "丙")]


def test_somebody_without_a_seat_pushes_on_up_to_the_first_gap() -> None:
    batch, by = make_ceremony("甲", "乙", "丙", "丁")
    batch.rows.filter(person__account__name="丙").update(seat=None)
    move_to_seat(row=row_of(batch, "丙"), seat=1, by=by, now=NOW)
    assert seating(batch) == [(1, "丙"), (2, "甲"), (3, "乙"), (4, "丁")]


def test_one_up_and_one_down_and_nothing_at_the_ends() -> None:
    batch, by = make_ceremony("甲", "乙", "丙")
    move_by_one(row=row_of(batch, "丙"), down=False, by=by, now=NOW)
    assert seating(batch) == [(1, "甲"), (2, "丙"), (3, "乙")]
    move_by_one(row=row_of(batch, "甲"), down=False, by=by, now=NOW)
    move_by_one(row=row_of(batch, "乙"), down=True, by=by, now=NOW)
    assert seating(batch) == [(1, "甲"), (2, "丙"), (3, "乙")]
    move_by_one(row=row_of(batch, "甲"), down=True, by=by, now=NOW)
    assert seating(batch) == [(1, "丙"), (2, "甲"), (3, "乙")]


def test_same_seat_again_changes_and_records_nothing() -> None:
    batch, by = make_ceremony("甲", "乙")
    before = AuditEntry.objects.count()
    move_to_seat(row=row_of(batch, "甲"), seat=1, by=by, now=NOW)
    assert AuditEntry.objects.count() == before


@pytest.mark.parametrize("seat", [0, -1, LAST_SEAT + 1])
def test_impossible_seats_are_refused(seat: int) -> None:
    batch, by = make_ceremony("甲", "乙")
    with pytest.raises(Refusal):
        move_to_seat(row=row_of(batch, "甲"), seat=seat, by=by, now=NOW)


def test_numbers_are_taken_in_seat_order_and_stay_when_seats_change() -> None:
    batch, by = make_ceremony("甲", "乙", "丙", seated=False, issued=False)
    number = numbers(batch)
    arrange_seats(batch=batch, order=[Listed(number[name]) for name in "丙甲乙"], by=by, now=NOW)
    CertificateBatch.objects.filter(pk=batch.pk).update(status="approved", approved_by=by, approved_at=NOW)
    issue_batch(batch=batch, clock=lambda: NOW)
    taken = batch.rows.order_by("certificate__number").values_list("person__account__name", flat=True)
    assert "".join(taken) == "丙甲乙"
    arrange_seats(batch=batch, order=SeatOrder.ORGANISATION, by=by, now=NOW)
    again = batch.rows.order_by("certificate__number").values_list("person__account__name", flat=True)
    assert ("".join(again), seating(batch)[0]) == ("丙甲乙", (1, "甲"))


def everyone_who_may_not(batch: CertificateBatch) -> list[Person]:
    elsewhere = make_organisation("OTHER")
    return [make_person(), make_person(organisation=elsewhere, roles=(Role.ISSUER, Role.ADMINISTRATOR))]


def test_only_those_who_issue_there_seat_anybody() -> None:
    batch, _by = make_ceremony("甲", "乙")
    before = seating(batch)
    for stranger in everyone_who_may_not(batch):
        row = row_of(batch, "甲")
        with pytest.raises(NotAllowed):
            arrange_seats(batch=batch, order=SeatOrder.PINYIN, by=stranger, now=NOW)
        with pytest.raises(NotAllowed):
            move_to_seat(row=row, seat=2, by=stranger, now=NOW)
        with pytest.raises(NotAllowed):
            move_by_one(row=row, down=True, by=stranger, now=NOW)
    assert seating(batch) == before


def test_returned_batch_seats_nobody() -> None:
    batch, by = make_ceremony("甲", "乙", seated=False, issued=False)
    return_batch(batch=batch, remark="重来", by=by, now=NOW)
    with pytest.raises(Refusal):
        arrange_seats(batch=batch, order=SeatOrder.PINYIN, by=by, now=NOW)


@pytest.mark.postgres
def test_database_refuses_two_people_on_one_seat() -> None:
    batch, _by = make_ceremony("甲", "乙")
    with pytest.raises(IntegrityError), transaction.atomic():
        batch.rows.update(seat=1)

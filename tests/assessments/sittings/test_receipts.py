"""The chain behind a receipt: computed from JSON and SHA-256 alone, broken by every change."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assessments.sittings import receipts
from assessments.sittings.receipts import Link, NotAReceipt, Receipt, first_break, read_receipt, receipt_of

ATTEMPT = "3f2504e0-4f89-41d3-9a0c-0305e82c3301"
AT = receipts.as_moment(datetime(2026, 11, 22, 12, 0, tzinfo=UTC))
SAVES = st.lists(
    st.tuples(st.integers(1, 30), st.integers(1, 2**53), st.text(max_size=5)), min_size=1, max_size=8
)


def by_hand(value: Any) -> str:
    """What the file tells everybody to do."""
    text = json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode("utf-8")).hexdigest()


def chain(saves: list[tuple[int, int, str]]) -> Receipt:
    links: list[Link] = []
    previous = receipts.start_of(ATTEMPT)
    for number, (slot, sequence, response) in enumerate(saves, start=1):
        digest = receipts.digest_of(response)
        links.append(
            receipts.link(
                previous=previous, number=number, slot=slot, sequence=sequence, digest=digest, saved_at=AT
            )
        )
        previous = links[-1].hash
    return receipt_of(ATTEMPT, links)


def test_chain_is_what_the_specification_says() -> None:
    said = {"number": 1, "slot": 3, "sequence": 7, "digest": by_hand(["o1", "甲"]), "saved_at": AT}
    link = receipts.link(previous=receipts.start_of(ATTEMPT), **said)  # type: ignore[arg-type]
    assert AT == "2026-11-22T12:00:00.000000+00:00"
    assert receipts.digest_of(["o1", "甲"]) == by_hand(["o1", "甲"])
    assert receipts.digest_of(None) == hashlib.sha256(b"null").hexdigest()
    assert link.hash == by_hand({**said, "previous": by_hand({"attempt": ATTEMPT})})
    assert link.short == link.hash[:16]


@given(saves=SAVES)
def test_receipt_survives_its_file(saves: list[tuple[int, int, str]]) -> None:
    receipt = chain(saves)
    assert read_receipt(json.dumps(receipt.as_json())) == receipt
    assert first_break(receipt) is None


@given(saves=SAVES, data=st.data())
def test_every_change_to_a_line_is_found_at_that_line(
    saves: list[tuple[int, int, str]], data: st.DataObject
) -> None:
    receipt = chain(saves)
    at = data.draw(st.integers(0, len(saves) - 1))
    name = data.draw(st.sampled_from(["number", "slot", "sequence", "digest", "saved_at", "hash"]))
    old = getattr(receipt.links[at], name)
    changed = replace(receipt.links[at], **{name: old + 1 if isinstance(old, int) else old[:-1] + "#"})
    links = (*receipt.links[:at], changed, *receipt.links[at + 1 :])
    assert first_break(replace(receipt, links=links)) == at + 1


@given(saves=SAVES, data=st.data())
def test_every_line_that_is_missing_or_slipped_in_is_found(
    saves: list[tuple[int, int, str]], data: st.DataObject
) -> None:
    receipt = chain(saves)
    at = data.draw(st.integers(0, len(saves) - 1))
    without = (*receipt.links[:at], *receipt.links[at + 1 :])
    twice = (*receipt.links[: at + 1], *receipt.links[at:])
    assert first_break(replace(receipt, links=without)) == at + 1
    assert first_break(replace(receipt, links=twice)) == at + 2


def test_receipt_of_another_attempt_does_not_hold() -> None:
    receipt = replace(chain([(1, 1, "o1")]), attempt=ATTEMPT.replace("3f", "4f"))
    assert first_break(receipt) == 1


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "{}",
        '{"format": "other"}',
        json.dumps({**chain([(1, 1, "o1")]).as_json(), "attempt": "x"}),
        json.dumps({**chain([(1, 1, "o1")]).as_json(), "entries": [{"number": 1}]}),
        json.dumps({**chain([(1, 1, "o1")]).as_json(), "entries": [5]}),
        json.dumps({**chain([(1, 1, "o1")]).as_json(), "entries": None}),
    ],
)
def test_what_is_no_receipt_is_refused(text: str) -> None:
    with pytest.raises(NotAReceipt):
        read_receipt(text)

"""Canonical JSON: equal values, equal bytes."""

from __future__ import annotations

import hashlib
import json
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.hashing import canonical_json, content_hash, sha256_hex

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(st.characters(codec="utf-8")),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(st.characters(codec="utf-8")), inner),
    max_leaves=12,
)


def test_canonical_json_is_sorted_and_tight() -> None:
    assert canonical_json({"b": [1, "中"], "a": {"d": None, "c": True}}) == (
        '{"a":{"c":true,"d":null},"b":[1,"中"]}'.encode()
    )


def test_content_hash_is_the_sha256_of_the_canonical_form() -> None:
    assert content_hash({"a": 1}) == hashlib.sha256(b'{"a":1}').hexdigest()
    assert sha256_hex(b"") == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"


@given(JSON)
def test_canonical_json_reads_back_as_the_same_value(value: Any) -> None:
    assert json.loads(canonical_json(value)) == value


@given(st.dictionaries(st.text(st.characters(codec="utf-8")), JSON))
def test_order_of_keys_does_not_matter(value: dict[str, Any]) -> None:
    backwards = dict(reversed(value.items()))
    assert content_hash(backwards) == content_hash(value)


@pytest.mark.parametrize("value", [1.5, [{"a": [0.1]}], (0.1,), Decimal("0.1"), {1, 2}, b"x", object()])
def test_value_without_an_exact_form_is_refused(value: Any) -> None:
    with pytest.raises(TypeError):
        canonical_json(value)


def test_compatibility_characters_are_kept_apart() -> None:
    """faults.md row 41: hashing normalises nothing; 豈 U+F900 is not 豈 U+8C48."""
    assert content_hash("\uf900") != content_hash("\u8c48")

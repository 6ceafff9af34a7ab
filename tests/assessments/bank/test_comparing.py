"""Two versions of a text side by side in one: what went, what came, in pieces a person can read."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from assessments.bank.comparing import compare


def shown(old: str, new: str) -> str:
    marks = {"same": "{}", "del": "[-{}-]", "ins": "{{+{}+}}"}
    return "".join(marks[span.kind].format(span.text) for span in compare(old, new))


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("居民应当提出申请。", "居民应当提出申请。", "居民应当提出申请。"),
        ("居民可以提出申请。", "居民应当提出申请。", "居民[-可以-]{+应当+}提出申请。"),
        ("满12.5岁的居民", "满13岁的居民", "满[-12.5-]{+13+}岁的居民"),
        ("用COUNTIF统计", "用COUNTIFS统计", "用[-COUNTIF-]{+COUNTIFS+}统计"),
        ("先登记，再上门核实。", "先上门，再核对登记。", "先[-登记，再上门核实-]{+上门，再核对登记+}。"),
        ("一\n二\n三", "一\n三", "一\n[-二\n-]三"),
        ("一\n三", "一\n二\n三", "一\n{+二\n+}三"),
        ("", "新", "{+新+}"),
        ("旧", "", "[-旧-]"),
        ("一\n旧\n二", "一\n\n二", "一\n[-旧-]\n二"),
    ],
)
def test_changes_are_told_in_pieces_that_can_be_read(old: str, new: str, told: str) -> None:
    assert shown(old, new) == told


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)  # a busy machine fails nothing
@given(st.text("甲乙AB 1.\n", max_size=12), st.text("甲乙AB 1.\n", max_size=12))
def test_both_texts_can_be_read_out_of_the_comparison(old: str, new: str) -> None:
    spans = compare(old, new)
    assert "".join(span.text for span in spans if span.kind != "del").strip("\n") == new.strip("\n")
    assert "".join(span.text for span in spans if span.kind != "ins").strip("\n") == old.strip("\n")

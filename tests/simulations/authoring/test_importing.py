"""Scenarios come in as files and go out again, the same."""

from __future__ import annotations

import json
from copy import deepcopy
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import NotAllowed, Refusal
from core.models import AuditEntry
from people.models import Role
from simulations.authoring.exporting import EXAMPLE, export_text, table_template
from simulations.authoring.importing import TableRefused, decoded, import_document, import_table
from simulations.drafts import store_draft
from simulations.engine.worddocument import table_file
from simulations.models import DraftEdition, ScenarioDraft
from simulations.scenarios import InvalidDocument
from tests.factories import make_person
from tests.simulations.conftest import S1_FILE

LATER = timedelta(hours=1)


def as_text(document: Any) -> str:
    return json.dumps(document, ensure_ascii=False, indent=1)


@pytest.mark.django_db
def test_exported_file_is_the_imported_one(now: datetime) -> None:
    text = S1_FILE.read_text(encoding="utf-8")
    exported = export_text(import_document(text=text, by=None, now=now))
    assert exported.rstrip("\n") == text.rstrip("\n")


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers(-(10**9), 10**9) | st.floats(allow_nan=False, allow_infinity=False)
        | st.text(max_size=5),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
        max_leaves=12,
    )
)  # fmt: skip
def test_whatever_a_document_holds_goes_out_as_it_came_in(value: Any) -> None:
    document = {"id": "X", "z": value, "a": 1}
    draft = ScenarioDraft(document=json.dumps(document, ensure_ascii=False, separators=(",", ":")))
    again = json.loads(export_text(draft))
    assert json.dumps(again) == json.dumps(document)


@pytest.mark.postgres
@pytest.mark.django_db
def test_import_over_a_draft_is_its_next_version_and_loses_nothing(document: Any, now: datetime) -> None:
    store_draft(document=document, by=None, now=now)
    changed = document | {"title": "老楼新梯二"}
    draft = import_document(text=as_text(changed), by=None, now=now + LATER)
    assert (draft.title, draft.edition, ScenarioDraft.objects.count()) == ("老楼新梯二", 2, 1)
    kept = DraftEdition.objects.order_by("number").values_list("number", "document")
    assert [(number, json.loads(text)["title"]) for number, text in kept] == [
        (1, "老楼新梯"),
        (2, "老楼新梯二"),
    ]
    assert AuditEntry.objects.count() == 2


@pytest.mark.django_db
def test_same_file_again_changes_nothing(document: Any, now: datetime) -> None:
    for _time in range(2):
        draft = import_document(text=as_text(document), by=None, now=now)
    assert (draft.edition, AuditEntry.objects.count()) == (1, 1)


@pytest.mark.django_db
def test_another_order_of_variables_is_another_version(document: Any, now: datetime) -> None:
    import_document(text=as_text(document), by=None, now=now)
    turned = document | {"vars": dict(reversed(document["vars"].items()))}
    draft = import_document(text=as_text(turned), by=None, now=now)
    assert (draft.edition, list(json.loads(export_text(draft))["vars"])) == (2, list(turned["vars"]))


@pytest.mark.django_db
def test_faulty_file_names_line_field_and_expectation_and_is_not_kept(document: Any, now: datetime) -> None:
    bent = deepcopy(document)
    bent["nodes"][0]["choices"][1]["cond"] = "trust <"
    bent["endings"][0]["cap"] = 101
    text = as_text(bent)
    with pytest.raises(InvalidDocument) as refused:
        import_document(text=text, by=None, now=now)
    lines = text.splitlines()
    cond, cap = (
        next(n for n, line in enumerate(lines, 1) if piece in line) for piece in ('"trust <"', '"cap": 101')
    )
    assert refused.value.problems == (
        f"第 {cond} 行，nodes[0].choices[b].cond：条件没写完：后面还缺数字",
        f"第 {cap} 行，endings[0].cap：应在 0 与 100 之间",
    )
    assert str(refused.value) == "\n".join(refused.value.problems)
    assert ScenarioDraft.objects.count() == 0


@pytest.mark.django_db
def test_unfinished_file_is_taken_in_on_request(document: Any, now: datetime) -> None:
    del document["title"]
    draft = import_document(text=as_text(document), unfinished=True, by=None, now=now)
    assert (draft.key, draft.title) == ("S1", "S1")
    assert json.loads(export_text(draft)) == document


@pytest.mark.parametrize("text", ['{"id": "../x"}', '{"id": 5}', "[]", '{"title": "x"}'])
@pytest.mark.django_db
def test_unfinished_file_needs_a_key(text: str, now: datetime) -> None:
    with pytest.raises(Refusal):
        import_document(text=text, unfinished=True, by=None, now=now)
    assert ScenarioDraft.objects.count() == 0


@pytest.mark.django_db
def test_only_authors_import(document: Any, now: datetime) -> None:
    examiner = make_person(roles=(Role.EXAMINER,))
    with pytest.raises(NotAllowed):
        import_document(text=as_text(document), by=examiner, now=now)
    with pytest.raises(NotAllowed):
        import_table(content=table_template(), key="x", title="", by=examiner, now=now)


def test_file_that_is_no_text_names_the_line() -> None:
    with pytest.raises(Refusal) as refused:
        decoded(b"{\n" + b"\xff")
    assert str(refused.value) == "第 2 行：文件不是 UTF-8 文本"
    assert decoded(b"\xef\xbb\xbf{}") == "{}"
    with pytest.raises(Refusal):
        decoded(b" " * 8_000_001)


@pytest.mark.django_db
def test_word_table_becomes_a_draft(now: datetime) -> None:
    draft = import_table(content=table_template(), key="ebike", title="不用", by=None, now=now)
    document = json.loads(draft.document)
    assert (draft.key, draft.title, len(document["nodes"]), len(document["endings"])) == (
        "ebike",
        "楼道里的电动车",
        3,
        2,
    )
    assert {"vars", "dims", "views", "scoring"} <= document.keys()


@pytest.mark.django_db
def test_faulty_table_leaves_nothing_behind(now: datetime) -> None:
    content = table_file((), (*EXAMPLE, ("选顶", "x")))
    with pytest.raises(TableRefused) as refused:
        import_table(content=content, key="ebike", title="", by=None, now=now)
    assert refused.value.problems == (
        f"表格第 {len(EXAMPLE) + 1} 行：左格的 '选顶' 不认识，应是：推演 节点 标题 阶段 情境 选项 反馈 去向 结局 点评",
    )
    assert ScenarioDraft.objects.count() == 0


@pytest.mark.django_db
def test_word_table_never_overwrites_a_draft(document: Any, now: datetime) -> None:
    store_draft(document=document, by=None, now=now)
    with pytest.raises(Refusal):
        import_table(content=table_template(), key="S1", title="", by=None, now=now)
    assert ScenarioDraft.objects.get().title == "老楼新梯"

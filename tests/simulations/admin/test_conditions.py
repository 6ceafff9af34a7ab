"""Conditions on forms: pick lists, text, and what is said at once."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

import pytest
from django import forms
from django.contrib.auth.models import Group, Permission
from django.http import QueryDict
from django.urls import reverse
from django.utils import translation

from people.models import Role
from simulations.admin.conditions import ConditionField, picker, typed_condition
from simulations.drafts import store_draft
from simulations.engine.bilingual import names_of
from simulations.models import ScenarioDraft
from tests.factories import make_person
from tests.simulations.conftest import S1_FILE

NAMES = names_of(json.loads(S1_FILE.read_text(encoding="utf-8")))
WAS = "trust<=8 and not survey"
SHOWN = "居民信任 ≤ 8 且 无「已逐户入户建档」"


def post(
    *rows: tuple[str, str, str, str], text: str = SHOWN, was: str = WAS, first: str = "and"
) -> QueryDict:
    """The fields of a picker under the name `cond`, as a browser sends them."""
    data = QueryDict(mutable=True)
    data.update({"cond": text, "cond-was": was, "cond-first": first})
    for place, row in enumerate((*rows, ("and", "", "", ""))):
        for part, value in zip(("join", "subject", "how", "number"), row, strict=True):
            data[f"cond-{place}-{part}"] = value
    return data


UNCHANGED = (("and", "trust", "<=", "8"), ("and", "survey", "not", ""))


def typed(data: QueryDict) -> str | None:
    with translation.override("zh-hans"):
        return typed_condition(data, "cond", NAMES)


def test_untouched_condition_stays_to_the_letter() -> None:
    assert typed(post(*UNCHANGED, was="trust  <= 8 and not survey")) == "trust  <= 8 and not survey"


def test_changed_rows_count_where_the_text_was_not_touched() -> None:
    said = typed(post(("and", "trust", "<=", "9"), ("or", "leak", "", "")))
    assert said == "「居民信任」 ≤ 9 或 「已听到一楼排水旧账」"


def test_typed_text_counts_before_rows() -> None:
    assert typed(post(("and", "leak", "", ""), text="信任 < 3")) == "信任 < 3"


def test_emptied_text_or_emptied_rows_take_the_condition_away() -> None:
    assert typed(post(*UNCHANGED, text="")) == ""
    assert typed(post()) == ""


def test_condition_that_rows_cannot_hold_is_kept_when_untouched() -> None:
    nested = "not (leak or pipe)"
    data = QueryDict(mutable=True)
    data.update({"cond": "非（「已听到一楼排水旧账」 或 「已做管线物探」）", "cond-was": nested})
    assert typed(data) == nested
    assert typed(QueryDict("")) is None


def test_faulty_text_comes_back_as_typed() -> None:
    drawn = str(picker(name="cond", text="信任 ≤", names=NAMES, errors=("少了数字",)))
    assert 'value="信任 ≤"' in drawn
    assert "少了数字" in drawn


class ConditionForm(forms.Form):
    cond = ConditionField(NAMES, required=False)


@pytest.mark.parametrize(
    ("text", "clean"),
    [("信任 < 3 或 leak", "trust<3 or leak"), ("", ""), (SHOWN, WAS), ("trust <= 8 and not survey", WAS)],
)
def test_field_cleans_to_english(text: str, clean: str) -> None:
    with translation.override("zh-hans"):
        form = ConditionForm(post(*UNCHANGED, text=text))
        assert (form.errors, form.cleaned_data["cond"]) == ({}, clean)


def test_field_says_what_is_wrong_in_the_readers_language() -> None:
    with translation.override("zh-hans"):
        form = ConditionForm(post(*UNCHANGED, text="信任 ≤ 很低"))
        assert form.errors["cond"] == ["第 6 个字：这里应是数字，不是 '很低'"]


def test_rows_without_a_number_are_an_error_of_the_field() -> None:
    with translation.override("zh-hans"):
        form = ConditionForm(post(("and", "trust", "<=", "")))
        assert form.errors["cond"] == ["条件没写完：后面还缺数字"]


@pytest.fixture
def draft(db: None, document: Any, now: datetime) -> ScenarioDraft:
    return store_draft(document=document, by=None, now=now)


def client_of(login: Any, role: Role) -> Any:
    person = make_person(roles=(role,))
    access = Permission.objects.get(content_type__app_label="wagtailadmin", codename="access_admin")
    Group.objects.get(name=role.value).permissions.add(access)
    return login(person)


def test_check_tells_text_rows_and_error(draft: ScenarioDraft, login: Any) -> None:
    client = client_of(login, Role.AUTHOR)
    address = reverse("scenarios:condition", args=[draft.pk])
    assert client.post(address, {"by": "text", "c": "信任 ≤ 8 且 未入户建档"}).json() == {
        "text": SHOWN,
        "canonical": WAS,
        "error": "",
        "first": "and",
        "rows": [
            {"subject": "trust", "how": "<=", "number": "8", "join": "and"},
            {"subject": "survey", "how": "not", "number": "", "join": "and"},
        ],
    }
    rows = {
        "by": "rows",
        "c": "",
        "c-0-subject": "leak",
        "c-1-subject": "trust",
        "c-1-how": "<",
        "c-1-number": "3",
    }
    assert client.post(address, rows).json()["text"] == "「已听到一楼排水旧账」 且 居民信任 < 3"
    wrong = client.post(address, {"by": "text", "c": "trsut<5"}).json()
    assert (wrong["error"], wrong["rows"]) == ("不认识的名称 'trsut'，是不是“trust”？", None)


def test_check_is_for_authors_and_their_drafts(draft: ScenarioDraft, login: Any) -> None:
    author, examiner = client_of(login, Role.AUTHOR), client_of(login, Role.EXAMINER)
    address = reverse("scenarios:condition", args=[draft.pk])
    assert author.get(address).status_code == 405
    assert author.post(reverse("scenarios:condition", args=[draft.pk + 1])).status_code == 404
    assert examiner.post(address, {"c": "leak"}).status_code in (302, 403)


def test_check_of_an_unreadable_draft_knows_no_name(draft: ScenarioDraft, login: Any) -> None:
    ScenarioDraft.objects.update(document="{")
    client = client_of(login, Role.AUTHOR)
    answer = client.post(reverse("scenarios:condition", args=[draft.pk]), {"c": "leak", "by": "text"}).json()
    assert answer["error"] == "不认识的名称 'leak'"

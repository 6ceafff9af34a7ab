"""The forms of a scenario: one per part, whatever is typed is kept."""

from __future__ import annotations

import json
import re
from datetime import datetime
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from people.models import Role
from simulations.drafts import store_draft
from simulations.engine.editing import LISTS, TOP, Part, ids_of, part_of
from simulations.models import DraftEdition, ScenarioDraft
from simulations.releasing import release_scenario
from tests.simulations.making_forms import fields_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def draft(document: Any, now: datetime) -> ScenarioDraft:
    return store_draft(document=document, by=None, now=now)


@pytest.fixture
def author(staff: Any, draft: ScenarioDraft) -> Any:
    return staff(Role.AUTHOR)


def address(draft: ScenarioDraft, part: Part) -> str:
    if part.kind in TOP:
        return reverse("scenarios:part", args=[draft.pk, part.kind])
    return reverse(f"scenarios:{part.kind}", args=[draft.pk, part.key])


def said(draft: ScenarioDraft) -> Any:
    draft.refresh_from_db()
    return json.loads(draft.document)


def test_saving_every_form_as_it_came_changes_nothing(author: Any, draft: ScenarioDraft) -> None:
    before = draft.document
    document = json.loads(before)
    parts = [Part(kind) for kind in TOP] + [
        Part(kind, key) for kind in LISTS for key in ids_of(document, kind)
    ]
    for part in parts:
        page = author.get(address(draft, part))
        assert page.status_code == 200, part
        response = author.post(address(draft, part), fields_of(page))
        assert response.status_code == 302, part
    draft.refresh_from_db()
    assert (draft.document == before, draft.edition) == (True, 1)
    assert DraftEdition.objects.count() == 1


def test_what_is_typed_is_kept_even_where_it_is_wrong(author: Any, draft: ScenarioDraft) -> None:
    part = Part("node", "N02")
    fields = fields_of(author.get(address(draft, part)))
    fields |= {"choices.0.effects.0.add": "很多", "choices.0.cond": "信任大概够", "title": ""}
    assert author.post(address(draft, part), fields).status_code == 302
    node = said(draft)["nodes"][1]
    assert (node["title"], node["choices"][0]["effects"][0]["add"], node["choices"][0]["cond"]) == (
        "", "很多", "信任大概够",
    )  # fmt: skip
    page = author.get(address(draft, part))
    assert fields_of(page)["choices.0.effects.0.add"] == ["很多"]
    assert fields_of(page)["choices.0.cond"] == ["信任大概够"]
    text = page.content.decode()
    assert '<a href="#f-choices.0.effects.0.add">选项 a › 影响 1 › 增减</a>：应为数字' in text
    assert 'id="f-choices.0.effects.0.add-wrong"' in text
    bench = author.get(reverse("scenarios:inspect", args=[draft.pk])).content.decode()
    assert f'{address(draft, part)}#f-choices.0.effects.0.add"' in bench


def test_conditions_are_read_in_chinese_and_kept_in_english(author: Any, draft: ScenarioDraft) -> None:
    part = Part("node", "N03")
    fields = fields_of(author.get(address(draft, part))) | {
        "choices.0.cond": "居民信任 ≤ 8 且 没有「已逐户入户建档」"
    }
    author.post(address(draft, part), fields)
    assert part_of(said(draft), part)["choices"][0]["cond"] == "trust<=8 and not survey"  # type: ignore[index]


def test_rows_are_added_moved_and_removed_without_saving(author: Any, draft: ScenarioDraft) -> None:
    part = Part("node", "N02")
    fields = fields_of(author.get(address(draft, part))) | {"title": "写到一半"}
    page = author.post(address(draft, part), fields | {"do": "more:choices.0.effects"})
    fields = fields_of(page)
    assert (page.status_code, fields["title"], fields["choices.0.effects.2.var"]) == (200, ["写到一半"], [""])
    page = author.post(address(draft, part), fields | {"do": "drop:choices.1"})
    assert "choices.3._from" not in fields_of(page)
    page = author.post(address(draft, part), fields | {"do": "down:choices.0"})
    assert [fields_of(page)[f"choices.{at}._from"] for at in range(2)] == [["b"], ["a"]]
    for odd in (
        "more:nothing",
        "up:choices.99",
        "drop:choices.x",
        "what",
        "up:",
        "more:choices.0.effects.9.var",
    ):
        assert author.post(address(draft, part), fields | {"do": odd}).status_code == 200
    assert draft.edition == 1
    assert said(draft)["nodes"][1]["title"] != "写到一半"


def test_new_rows_get_names_nobody_types(author: Any, draft: ScenarioDraft) -> None:
    fields = fields_of(
        author.post(address(draft, Part("flags")), _more(author, draft, Part("flags"), "flags"))
    )
    author.post(address(draft, Part("flags")), fields | {"flags.18.name": "已请来调解员"})
    assert said(draft)["flags"]["f1"] == "已请来调解员"
    part = Part("node", "N02")
    fields = fields_of(author.post(address(draft, part), _more(author, draft, part, "choices")))
    author.post(address(draft, part), fields | {"choices.4.text": "再等等"})
    new = part_of(said(draft), part)["choices"][-1]  # type: ignore[index]
    assert (new["id"], new["text"]) == ("e", "再等等")


def _more(author: Any, draft: ScenarioDraft, part: Part, rows: str) -> dict[str, Any]:
    return fields_of(author.get(address(draft, part))) | {"do": f"more:{rows}"}


def test_fields_no_form_has_are_ignored(author: Any, draft: ScenarioDraft) -> None:
    part = Part("node", "N02")
    fields = fields_of(author.get(address(draft, part)))
    fields |= {
        "id": "HACK", "key": "HACK", "content_hash": "x", "edition": "99", "stored_by": "x", "dims": "x",
        "choices.0.id": "z", "choices.0.secret": "x", "scoring.pass_total": "0", "title": "新标题",
    }  # fmt: skip
    author.post(address(draft, part), fields)
    document, before = said(draft), json.loads(DraftEdition.objects.get(number=1).document)
    before["nodes"][1]["title"] = "新标题"
    assert (document, draft.key, draft.edition) == (before, "S1", 2)


def test_a_form_somebody_else_was_faster_with_keeps_mine_and_shows_theirs(
    author: Any, draft: ScenarioDraft
) -> None:
    part = Part("node", "N02")
    mine = fields_of(author.get(address(draft, part)))
    author.post(address(draft, part), mine | {"title": "别人的标题"})
    page = author.post(address(draft, part), mine | {"title": "我的标题"})
    assert (page.status_code, fields_of(page)["title"], fields_of(page)["expected"]) == (
        422,
        ["我的标题"],
        ["2"],
    )
    assert "别人" in page.content.decode().split('id="refusal"')[1][:1500]
    author.post(address(draft, part), fields_of(page))
    assert (said(draft)["nodes"][1]["title"], draft.edition) == ("我的标题", 3)


def test_a_control_character_is_refused_and_nothing_is_lost(author: Any, draft: ScenarioDraft) -> None:
    part = Part("node", "N02")
    fields = fields_of(author.get(address(draft, part))) | {"title": "坏\x07字", "text": "写了很久"}
    page = author.post(address(draft, part), fields)
    assert (page.status_code, fields_of(page)["text"], draft.edition) == (422, ["写了很久"], 1)


def test_a_double_click_saves_once(author: Any, draft: ScenarioDraft) -> None:
    part = Part("node", "N02")
    fields = fields_of(author.get(address(draft, part))) | {"title": "新标题"}
    for _click in range(2):
        assert author.post(address(draft, part), fields).status_code == 302
    assert DraftEdition.objects.count() == 2


@pytest.mark.parametrize(
    ("name", "args"),
    [
        ("inspect", [99]),
        ("part", [99, "vars"]),
        ("node", [99, "N01"]),
        ("ending", [99, "E1"]),
        ("editions", [99]),
    ],
)
def test_a_draft_that_is_not_there_is_not_found(author: Any, name: str, args: list[Any]) -> None:
    assert author.get(reverse(f"scenarios:{name}", args=args)).status_code == 404


def test_parts_that_are_not_there_are_not_found(author: Any, draft: ScenarioDraft) -> None:
    for name, key in (("part", "nodes"), ("part", "id"), ("node", "E1"), ("node", "N99"), ("ending", "N01")):
        assert author.get(reverse(f"scenarios:{name}", args=[draft.pk, key])).status_code == 404
    assert author.get(reverse("scenarios:editions", args=[draft.pk]) + "?old=7&new=8").status_code == 404


def place(author: Any, draft: ScenarioDraft, kind: str, key: str, **said_: str) -> str:
    """Press a button of the place of a node; what the page says then."""
    url = reverse(f"scenarios:{kind}_place", args=[draft.pk, key])
    draft.refresh_from_db()
    page = author.post(url, {"expected": str(draft.edition), **said_}, follow=True)
    return str(page.content.decode())


def test_nodes_are_added_copied_moved_renamed_and_removed(author: Any, draft: ScenarioDraft) -> None:
    ids = ids_of(said(draft), "node")
    response = author.post(reverse("scenarios:nodes", args=[draft.pk]), {"expected": "1", "after": "N02"})
    assert response["Location"] == address(draft, Part("node", "N19"))
    place(author, draft, "node", "N19", do="copy")
    place(author, draft, "node", "N20", do="up")
    place(author, draft, "node", "N20", do="rename", name="N02C")
    assert ids_of(said(draft), "node") == ["N01", "N02", "N02C", "N19", *ids[2:]]
    assert "还有路通向这里：N02 c" in place(author, draft, "node", "N02B", do="remove")
    place(author, draft, "node", "N02B", do="remove", ways="1")
    place(author, draft, "node", "N19", do="remove", ways="1")
    assert ids_of(said(draft), "node") == ["N01", "N02", "N02C", *ids[3:]]
    assert "已经有了" in place(author, draft, "node", "N02C", do="rename", name="E1")
    assert "编号以拉丁字母开头" in place(author, draft, "node", "N02C", do="rename", name="../x")


def test_saved_versions_are_told_compared_and_brought_back(author: Any, draft: ScenarioDraft) -> None:
    part = Part("node", "N02")
    fields = fields_of(author.get(address(draft, part)))
    fields |= {
        "title": "“留改拆”界线怎么划",
        "choices.0.effects.0.add": "-9",
        "choices.0.cond": "已逐户入户建档",
    }
    author.post(address(draft, part), fields)
    url = reverse("scenarios:editions", args=[draft.pk])
    page = author.get(f"{url}?old=1&new=2").content.decode()
    for told in (
        "<dt>标题</dt><dd>“留改拆”<del>边</del>界<ins>线</ins>怎么划</dd>",
        "<dt>选项 a › 影响</dt><dd><del>剩余天数 −2</del><ins>剩余天数 −9</ins></dd>",
        "<dt>选项 a › 什么条件下才能选</dt><dd><ins>「已逐户入户建档」</ins></dd>",
    ):
        assert told in page
    author.post(reverse("scenarios:restore", args=[draft.pk, 1]), {"expected": "2"})
    assert (said(draft)["nodes"][1]["title"], draft.edition) == ("“留改拆”边界怎么划", 3)
    page = author.get(url).content.decode()
    assert "恢复到第 1 次" in page
    assert re.findall(r"<td>(N02 .*?)</td>", page) == [
        "N02 “留改拆”界线怎么划：标题、选项 a › 什么条件下才能选、选项 a › 影响"
    ]
    assert "定版为第 1 版" not in page
    release_scenario(draft=draft, by=None, now=timezone.now())
    assert author.get(url).content.decode().count("定版为第 1 版") == 2


def test_the_list_of_saved_versions_asks_as_much_for_three_as_for_one(
    author: Any, draft: ScenarioDraft, django_assert_num_queries: Any
) -> None:
    url = reverse("scenarios:editions", args=[draft.pk])
    part = Part("node", "N02")
    author.get(url)
    for at in range(3):
        fields = fields_of(author.get(address(draft, part)))
        author.post(address(draft, part), fields | {"title": f"标题{at}"})
        with django_assert_num_queries(14):
            author.get(url)


def test_a_new_scenario_is_begun_by_name_and_key(author: Any, draft: ScenarioDraft) -> None:
    url = reverse("scenarios:begin")
    refused = author.post(url, {"title": "夜市", "key": "S1"})
    assert (refused.status_code, "已经有一份推演了" in refused.content.decode()) == (422, True)
    response = author.post(url, {"title": "夜市", "key": "night-market"})
    begun = ScenarioDraft.objects.get(key="night-market")
    assert (response["Location"], begun.title) == (reverse("scenarios:inspect", args=[begun.pk]), "夜市")
    page = author.get(response["Location"]).content.decode()
    assert "处要改，改好才能定版" in page

"""The pack holds every answer: printed for authors, administrators and mentors, never for learners."""

from __future__ import annotations

import io
import json
import zipfile
from datetime import date, datetime
from typing import Any

import pytest
from django.contrib.auth.models import Group, Permission
from django.urls import reverse

from people.grants import end_grants, open_grant
from people.models import Person, Role
from simulations.models import ScenarioDraft, ScenarioVersion
from simulations.packs.bundling import bundle
from simulations.packs.contents import Pack, pack_of, without_node
from simulations.packs.mapping import map_of
from simulations.packs.printing import print_guide
from simulations.scenarios import read_document
from tests.factories import make_person

pytestmark = pytest.mark.django_db


def a_pack(document: Any) -> Pack:
    return pack_of(read_document(document), document)


@pytest.fixture
def small(document: Any) -> Any:
    """A guide printed in a moment: two situations of 老楼新梯."""
    return {
        **document,
        "nodes": [
            {**document["nodes"][0], "next": [{"cond": None, "to": "N02"}]},
            {**document["nodes"][1], "next": [{"cond": None, "to": "END"}], "choices": [
                {**choice, "next": None} for choice in document["nodes"][1]["choices"]
            ]},
        ],
    }  # fmt: skip


@pytest.fixture
def author(db: Any) -> Person:
    """Somebody who may enter the admin and write there."""
    found = make_person("作者", roles=(Role.AUTHOR,))
    access = Permission.objects.get(content_type__app_label="wagtailadmin", codename="access_admin")
    Group.objects.get(name=Role.AUTHOR.value).permissions.add(access)
    return found


def test_pack_says_what_is_in_it_and_what_is_missing(document: Any, django_assert_num_queries: Any) -> None:
    draft = read_document(document)
    with django_assert_num_queries(3):
        pack = pack_of(draft, document)
    assert pack.missing == ()
    assert [clause.level for clause in pack.chain] == ["central", "local", "community"]
    assert pack.nodes[0].watch[0].startswith("很多人会先开动员会")
    assert len(without_node(pack.guide.questions, pack.scenario)) == 5
    bare = {key: part for key, part in document.items() if key not in ("guide", "sources", "chain")}
    assert len(a_pack(bare).missing) == 6
    document["guide"]["watch"] = [each for each in document["guide"]["watch"] if not each.startswith("N12：")]
    assert a_pack(document).missing == ("这些节点没有写带教要点：N12。",)


def test_consequences_that_strike_later_name_the_choices_that_sowed_them(document: Any) -> None:
    hidden = {(each.where, each.change): each for each in a_pack(document).hidden}
    struck = hidden["N13 面包车堵住了施工入口", "居民信任 −12"]
    assert (struck.condition, struck.sown) == ("「私下承诺补偿」", "N03b、N13c")


@pytest.mark.parametrize(
    "guide",
    [
        None,
        [],
        "文字",
        {"flow": "x", "questions": {"a": 1}, "minutes": "两小时", "purpose": 3},
        {"flow": [7, {}]},
    ],
)
def test_a_guide_of_any_shape_is_read_without_harm(guide: Any, document: Any) -> None:
    document["guide"], document["sources"] = guide, guide
    read = a_pack(document).guide
    assert (read.purpose, read.questions, read.minutes) == ("", (), 54)


def test_map_has_a_box_for_every_situation_and_the_conditional_ones_beside(document: Any) -> None:
    drawn = map_of(read_document(document).scenario)
    left = min(box.x for box in drawn.boxes)
    assert [box.label.split()[0] for box in drawn.boxes if box.x > left] == ["N02B", "N05", "N10B", "N12"]
    assert (len(drawn.boxes), drawn.height < 225) == (18, True)


def test_guide_and_bundle_are_printed(small: Any) -> None:
    pack, text = a_pack(small), json.dumps(small, ensure_ascii=False)
    pdf = print_guide(pack, on=date(2026, 11, 23))
    assert pdf.startswith(b"%PDF-")
    with zipfile.ZipFile(io.BytesIO(bundle(pack, document=text, on=date(2026, 11, 23)))) as archive:
        assert archive.namelist() == ["scenario.json", "guide.pdf", "policies.txt"]
        assert archive.read("scenario.json").decode() == text
        assert "改建要过两道门槛" in archive.read("policies.txt").decode()


def test_guide_of_a_release_is_for_authors_and_who_accompanies_somebody(
    version: ScenarioVersion, author: Person, login: Any, now: datetime, monkeypatch: Any
) -> None:
    monkeypatch.setattr("simulations.packs.keeping.print_words", lambda words: b"%PDF-")
    url = reverse("simulations:guide", args=[version.key])
    learner, mentor = make_person(), make_person()
    open_grant(viewer=mentor, subject=learner, kind="pairing", reason="QL-2026-001", now=now)
    codes = {name: login(who).get(url).status_code for name, who in
             {"learner": learner, "mentor": mentor, "author": author}.items()}  # fmt: skip
    assert codes == {"learner": 404, "mentor": 200, "author": 200}
    given = login(author).get(url)
    assert (given["Cache-Control"], given["Content-Type"]) == ("private, no-store", "application/pdf")
    end_grants(kind="pairing", reason="QL-2026-001", now=now)
    assert login(mentor).get(url).status_code == 404
    assert login(author).get(reverse("simulations:guide", args=["S9"])).status_code == 404


def test_pack_pages_of_a_draft_are_for_authors(
    version: ScenarioVersion, author: Person, login: Any, now: datetime, monkeypatch: Any
) -> None:
    monkeypatch.setattr("simulations.packs.reading.print_guide", lambda pack, on: b"%PDF-")
    monkeypatch.setattr("simulations.packs.bundling.print_guide", lambda pack, on: b"%PDF-")
    draft = ScenarioDraft.objects.get(key=version.key)
    mentor = make_person()
    open_grant(viewer=mentor, subject=make_person(), kind="pairing", reason="QL-2026-001", now=now)
    for name in ("pack", "guide", "pack_file"):
        url = reverse(f"scenarios:{name}", args=[draft.pk])
        assert login(author).get(url).status_code == 200, name
        assert login(mentor).get(url).status_code in (302, 403, 404), name
        assert login(author).get(reverse(f"scenarios:{name}", args=[draft.pk + 99])).status_code == 404


def test_pack_of_an_unfinished_draft_says_what_stands_in_the_way(
    version: ScenarioVersion, author: Person, login: Any
) -> None:
    draft = ScenarioDraft.objects.get(key=version.key)
    ScenarioDraft.objects.filter(pk=draft.pk).update(
        document=draft.document.replace("clause:civil-code-278", "clause:nowhere")
    )
    for name in ("pack", "guide", "pack_file"):
        page = login(author).get(reverse(f"scenarios:{name}", args=[draft.pk])).content.decode()
        assert "资料库里没有“clause:nowhere”" in page

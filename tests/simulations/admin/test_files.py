"""Files of scenarios in the editor's admin."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

import pytest
from django.contrib.auth.models import Group, Permission
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from people.models import Role
from simulations.authoring.exporting import table_template
from simulations.drafts import store_draft
from simulations.engine.worddocument import table_rows
from simulations.models import ScenarioDraft
from tests.factories import make_person

pytestmark = pytest.mark.django_db
IMPORT = "scenarios:import"


@pytest.fixture
def draft(document: Any, now: datetime) -> ScenarioDraft:
    return store_draft(document=document, by=None, now=now)


@pytest.fixture
def author(login: Any) -> Any:
    return client_of(login, Role.AUTHOR)


def client_of(login: Any, role: Role) -> Any:
    person = make_person(roles=(role,))
    access = Permission.objects.get(content_type__app_label="wagtailadmin", codename="access_admin")
    Group.objects.get(name=role.value).permissions.add(access)
    return login(person)


def upload(client: Any, content: bytes, **more: str) -> Any:
    kind = more.get("kind", "json")
    return client.post(
        reverse(IMPORT), {f"{kind}-file": SimpleUploadedFile("f", content), "kind": kind, **more}
    )


def test_exported_draft_can_be_imported_again(draft: ScenarioDraft, document: Any, author: Any) -> None:
    response = author.get(reverse("scenarios:export", args=[draft.pk]))
    assert response["Content-Disposition"] == 'attachment; filename="S1.json"'
    assert "no-store" in response["Cache-Control"]
    assert json.loads(response.content) == document
    assert upload(author, response.content).status_code == 302
    draft.refresh_from_db()
    assert draft.edition == 1


def test_faulty_file_is_refused_with_its_lines(document: Any, author: Any) -> None:
    document["endings"][0]["cap"] = 101
    response = upload(author, json.dumps(document, indent=1).encode())
    page = response.content.decode()
    assert (response.status_code, ScenarioDraft.objects.count()) == (422, 0)
    assert "行，endings[0].cap：应在 0 与 100 之间</li>" in page
    assert "文件没有收进来，什么都没有改动。" in page


def test_broken_json_names_its_line(author: Any) -> None:
    page = upload(author, b'{\n "id": "S1"\n "title": 1}').content.decode()
    assert "<li>第 3 行第 2 列：这里应是逗号或右括号</li>" in page


def test_word_template_is_what_the_import_reads(author: Any) -> None:
    template = author.get(reverse("scenarios:import_template"))
    assert len(table_rows(template.content)) > 20
    response = upload(author, template.content, kind="word", **{"word-key": "ebike"})
    assert response["Location"] == reverse(
        "scenarios:inspect", args=[ScenarioDraft.objects.get(key="ebike").pk]
    )


@pytest.mark.parametrize(
    ("content", "more", "said"),
    [
        (b"no zip", {"kind": "word", "word-key": "x"}, "不是可以读取的 Word 文件（.docx）"),
        (b"\xff", {}, "第 1 行：文件不是 UTF-8 文本"),
        (b"x" * (10 * 2**20 + 1), {"kind": "word", "word-key": "x"}, "文件超过 10 MB。"),
        (b"{}", {"json-unfinished": "on"}, "文件里没有可用的 id"),
    ],
    ids=["no word", "no text", "large", "no key"],
)
def test_what_is_no_scenario_is_refused(content: bytes, more: dict[str, str], said: str, author: Any) -> None:
    response = upload(author, content, **more)
    assert (response.status_code, ScenarioDraft.objects.count()) == (422, 0)
    assert said in response.content.decode()


def test_nothing_chosen_is_an_error_of_the_field(author: Any) -> None:
    for kind in ("json", "word"):
        response = author.post(reverse(IMPORT), {"kind": kind})
        assert (response.status_code, ScenarioDraft.objects.count()) == (422, 0)


@pytest.mark.parametrize("role", [Role.EXAMINER, Role.ISSUER])
def test_files_are_for_authors(role: Role, draft: ScenarioDraft, login: Any) -> None:
    client = client_of(login, role)
    addresses = [
        reverse(IMPORT),
        reverse("scenarios:import_template"),
        reverse("scenarios:export", args=[draft.pk]),
    ]
    for address in addresses:
        assert client.get(address).status_code in (302, 403), address
    upload(client, table_template(), kind="word", **{"word-key": "x"})
    assert ScenarioDraft.objects.count() == 1


def test_foreign_draft_is_not_found(draft: ScenarioDraft, author: Any) -> None:
    assert author.get(reverse("scenarios:export", args=[draft.pk + 1])).status_code == 404

"""The section 推演 of the editor's admin: for authors and administrators, to look and to release."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from django.urls import NoReverseMatch, reverse

from people.models import Role, RoleAssignment
from people.roles import end_role
from simulations.admin.urls import urlpatterns
from simulations.drafts import store_draft
from simulations.models import ScenarioDraft, ScenarioVersion

pytestmark = pytest.mark.django_db
ABSENT = ("add", "edit", "delete", "history", "usage", "copy")


@pytest.fixture
def draft(document: Any, now: datetime) -> ScenarioDraft:
    return store_draft(document=document, by=None, now=now)


GIVEN = {
    "node": "N02",
    "ending": "E2",
    "number": 1,
    "part": "vars",
    "homework": UUID(int=1),
    "regrade": UUID(int=1),
}
"""What stands in an address beside the draft's number."""


def every_address(draft: ScenarioDraft) -> list[str]:
    """Each page of the section, for this draft."""
    found = [reverse("scenarios:index"), reverse("scenarios:index_results")]
    for pattern in urlpatterns:
        kwargs = {name: GIVEN.get(name, draft.pk) for name in pattern.pattern.converters}
        found.append(reverse(f"scenarios:{pattern.name}", kwargs=kwargs))
    return found


@pytest.mark.parametrize("role", [Role.AUTHOR, Role.ADMINISTRATOR])
def test_authors_see_drafts_and_their_releases(role: Role, draft: ScenarioDraft, staff: Any) -> None:
    client = staff(role)
    listing = client.get(reverse("scenarios:index")).content.decode()
    assert "老楼新梯" in listing
    page = client.get(reverse("scenarios:inspect", args=[draft.pk])).content.decode()
    assert "18 个节点，66 个选项，7 种结局，7 个变量" in page
    assert "还没有定版，学员看不到。" in page


@pytest.mark.parametrize("role", [Role.EXAMINER, Role.ISSUER])
def test_other_roles_cannot_open_it(role: Role, draft: ScenarioDraft, staff: Any) -> None:
    client = staff(role)
    for address in every_address(draft):
        for send in (client.get, client.post):
            assert send(address).status_code in (302, 400, 403, 404, 405), address
    client.post(reverse("scenarios:release", args=[draft.pk]))
    assert ScenarioVersion.objects.count() == 0


def test_role_that_ended_opens_nothing(draft: ScenarioDraft, staff: Any, now: datetime) -> None:
    client = staff(Role.AUTHOR)
    for assignment in RoleAssignment.objects.all():
        end_role(assignment=assignment, by=None, now=now - timedelta(days=400))
    assert client.get(reverse("scenarios:index")).status_code == 302


@pytest.mark.parametrize("name", ABSENT)
def test_wagtails_own_forms_and_histories_have_no_address(name: str) -> None:
    with pytest.raises(NoReverseMatch):
        reverse(f"scenarios:{name}", args=[1])


def test_release_from_the_admin_happens_once(draft: ScenarioDraft, staff: Any) -> None:
    client = staff(Role.AUTHOR)
    for _click in range(2):
        response = client.post(reverse("scenarios:release", args=[draft.pk]), follow=True)
        assert "《老楼新梯》已定版，第 1 版。" in response.content.decode()
    assert ScenarioVersion.objects.get().released_by is not None
    assert "最新一版的内容与草稿完全相同。" in response.content.decode()


def test_release_is_asked_once_more_with_what_it_changes(draft: ScenarioDraft, staff: Any) -> None:
    page = staff(Role.AUTHOR).get(reverse("scenarios:release", args=[draft.pk])).content.decode()
    assert "定为第 1 版" in page
    for words in ("所有学员马上就能看到", "学时", "没有情景页", "还没有检查过"):
        assert words in page
    assert ScenarioVersion.objects.count() == 0


def test_release_of_a_draft_changed_meanwhile_asks_again(draft: ScenarioDraft, staff: Any) -> None:
    client = staff(Role.AUTHOR)
    address = reverse("scenarios:release", args=[draft.pk])
    response = client.post(address, {"expected": draft.edition - 1}, follow=True)
    assert "草稿刚刚有人改过" in response.content.decode()
    assert ScenarioVersion.objects.count() == 0
    client.post(address, {"expected": draft.edition})
    assert client.get(address).status_code == 302
    assert ScenarioVersion.objects.count() == 1


def test_draft_that_no_longer_reads_shows_why_and_is_not_released(draft: ScenarioDraft, staff: Any) -> None:
    ScenarioDraft.objects.update(document='{"id": "S1"}')
    client = staff(Role.AUTHOR)
    page = client.get(reverse("scenarios:inspect", args=[draft.pk])).content.decode()
    link = reverse("scenarios:part", args=[draft.pk, "head"])
    assert f'<li><a href="{link}#f-title">基本信息和评分 › 标题</a>：缺少</li>' in page
    client.post(reverse("scenarios:release", args=[draft.pk]))
    assert ScenarioVersion.objects.count() == 0

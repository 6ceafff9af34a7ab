"""The section 认证方案: an administrator writes a scheme rule by rule, sees whom it concerns, and releases it."""

from __future__ import annotations

from copy import deepcopy
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from assessments.models import DecisionReview, SchemeDraft, SchemeVersion
from assessments.schemes.drafts import store_scheme_draft
from assessments.schemes.previewing import advance_preview, ask_preview
from competencies.ledger import register_subject
from competencies.models import SubjectKind
from people.models import Role
from tests.assessments.making import open_admin
from tests.assessments.schemes.making import COURSE, EXAM, definition, make_subjects, record, release
from tests.factories import make_organisation, make_person

pytestmark = pytest.mark.django_db
LIST = "/admin/schemes/"
INNER = {**COURSE, "id": "inner"}
GROUP = {"id": "modules", "kind": "at_least", "n": 1, "title": "专项模块", "rules": [INNER]}
WRONG = {**EXAM, "mark": 120}


@pytest.fixture
def admin(db: Any) -> None:
    open_admin()
    make_subjects()


@pytest.fixture
def administrator(admin: None, login: Any) -> Client:
    client: Client = login(make_person("韩立群", roles=(Role.ADMINISTRATOR,)))
    return client


def drafted(now: datetime, *rules: dict[str, Any], **head: Any) -> SchemeDraft:
    content = deepcopy(definition(*rules, **head))
    return store_scheme_draft(definition=content, by=None, now=now)


def at(draft: SchemeDraft, rest: str = "") -> str:
    return f"{LIST}{draft.pk}/{rest}"


def rules_of(draft: SchemeDraft) -> list[dict[str, Any]]:
    draft.refresh_from_db()
    rules: list[dict[str, Any]] = draft.definition["rule"]["rules"]
    return rules


def typed(page: Any) -> dict[str, Any]:
    """What a browser would send if one stored the form as it is."""
    form, line = page.context["form"], page.context.get("line")
    sent = {field.name: field.value() for field in form if str(field.value()) not in ("None", "False", "")}
    named = {"rule": line.rule["id"]} if line else {}
    return {"revision": page.context["draft"].revision, **named, **sent}


def text_of(page: Any) -> str:
    return str(page.content.decode())


# Who may


def shut(answer: Any) -> bool:
    """Wagtail sends back to its door: to the admin's home with a message, or to the login."""
    return answer.status_code == 302 and answer["Location"].partition("?")[0] in ("/admin/", "/admin/login/")


WRITING = ("begin/", "nights/", "{}/head/", "{}/renewal/", "{}/preview/", "{}/rules/r-0/", "{}/rules/r/add/")


@pytest.mark.parametrize("role", [None, Role.EXAMINER])
def test_others_do_not_get_in(role: Role | None, admin: None, login: Any, now: datetime) -> None:
    draft = drafted(now, COURSE)
    release(EXAM, now=now)
    client = login(make_person(roles=(role,) if role else ()))
    reading = ("", "{}/", "of/digital/", "of/digital/1/")
    for path in (*reading, *WRITING):
        assert shut(client.get(LIST + path.format(draft.pk))), path


def test_an_author_reads_and_does_not_write(admin: None, login: Any, now: datetime) -> None:
    release(EXAM, now=now)
    draft = drafted(now, COURSE)
    client = login(make_person(roles=(Role.AUTHOR,)))
    for path in ("", "{}/", "of/digital/", "of/digital/1/"):
        page = client.get(LIST + path.format(draft.pk))
        assert page.status_code == 200, path
        assert 'method="post"' not in text_of(page).partition("<main")[2], path
    for path in WRITING:
        assert shut(client.get(LIST + path.format(draft.pk))), path
    for path in (
        *WRITING[:1],
        *WRITING[2:],
        "{}/release/",
        "{}/delete/",
        "{}/rules/r-0/place/",
        "of/digital/change/",
    ):
        assert shut(client.post(LIST + path.format(draft.pk))), path
    assert SchemeDraft.objects.get().revision == 1


@pytest.mark.parametrize(
    "path",
    [
        "{}/rules/r-7/",
        "{}/rules/x/",
        "{}/rules/r-7/add/",
        "{}/rules/r-0/add/?kind=exam",
        "{}/rules/r/add/?kind=essay",
        "999/",
        "999/head/",
        "999/preview/",
        "999/rules/r/",
        "of/nothing/",
        "of/nothing/1/",
        "of/digital/7/",
    ],
)
def test_what_is_not_there_is_not_found(path: str, administrator: Client, now: datetime) -> None:
    release(EXAM, now=now)
    assert administrator.get(LIST + path.format(drafted(now, COURSE).pk)).status_code == 404


# Writing


def test_a_scheme_comes_into_being_from_nothing(administrator: Client) -> None:
    begun = administrator.post(f"{LIST}begin/", {"title": "网格治理", "key": "grid"}, follow=True)
    draft = SchemeDraft.objects.get()
    assert begun.redirect_chain[-1][0] == at(draft)
    assert begun.context["problem_count"] == 1  # nothing is asked for yet
    added = administrator.post(
        at(draft, "rules/r/add/?kind=course"),
        {"revision": 1, "subject": "data", "minutes": 90},
        follow=True,
    )
    assert rules_of(draft) == [
        {
            "id": "course-1",
            "kind": "course",
            "title": "学完课程《数据分析》",
            "subject": "data",
            "minutes": 90,
        }
    ]
    assert added.context["problem_count"] == 0
    administrator.post(at(draft, "release/"), {"revision": 2})
    assert SchemeVersion.objects.get().definition == draft.definition


@pytest.mark.parametrize("key", ["grid", "-grid", "a b", "网格"])
def test_a_key_that_cannot_be_is_said_beside_it(key: str, administrator: Client, now: datetime) -> None:
    drafted(now, COURSE, key="grid")
    page = administrator.post(f"{LIST}begin/", {"title": "网格治理", "key": key})
    assert (page.status_code, list(page.context["form"].errors)) == (422, ["key"])
    assert SchemeDraft.objects.count() == 1


KINDS: list[dict[str, Any]] = [
    EXAM,
    {
        **EXAM,
        "mark": 62.5,
        "must_pass": True,
        "max_age_months": 36,
        "axes": {"technical": 70, "empathy": 55.5},
    },
    {**EXAM, "mark": 0},
    {**EXAM, "kind": "scenario", "subject": "lift", "minutes": 25},
    {**COURSE, "max_age_months": 12},
    {"id": "e", "kind": "endorsement", "title": "导师推荐", "minutes": 30},
    {"id": "e", "kind": "endorsement", "title": "导师推荐", "minutes": 30, "subject": "pair"},
    {"id": "p", "kind": "practice", "title": "实践", "minutes": 2400, "hours": 40.5},
    {
        "id": "p",
        "kind": "practice",
        "title": "跟师傅实践",
        "minutes": 2400,
        "hours": 40,
        "subject": "pair",
        "subject_kind": "pairing",
    },
    {"id": "c", "kind": "certificate", "title": "原有证书", "minutes": 1, "subject": "state"},
    {
        "id": "c",
        "kind": "certificate",
        "title": "初级",
        "minutes": 1,
        "subject": "low",
        "subject_kind": "scheme",
    },
    {"id": "g", "kind": "all", "title": "都要", "rules": [COURSE]},
    {"id": "g", "kind": "any", "title": "任选", "rules": [COURSE]},
    GROUP,
]


@pytest.mark.parametrize("rule", KINDS, ids=lambda rule: rule["title"])
def test_a_rule_stored_as_it_is_stays_the_same(
    rule: dict[str, Any], administrator: Client, now: datetime
) -> None:
    for kind, key in (("scenario", "lift"), ("pairing", "pair"), ("certificate", "state"), ("scheme", "low")):
        register_subject(kind=SubjectKind(kind), key=key, title=key)
    draft = drafted(now, rule)
    before = deepcopy(draft.definition)
    page = administrator.get(at(draft, "rules/r-0/"))
    assert administrator.post(at(draft, "rules/r-0/"), typed(page)).status_code == 302
    draft.refresh_from_db()
    assert (draft.definition, draft.revision) == (before, 1)


def test_a_made_title_follows_the_rule_and_a_typed_one_stays(administrator: Client, now: datetime) -> None:
    draft = drafted(
        now, {**EXAM, "title": "考试《基础》得分不低于 60%"}, {**EXAM, "id": "own", "title": "基础考试"}
    )
    for number in (0, 1):
        page = administrator.get(at(draft, f"rules/r-{number}/"))
        administrator.post(at(draft, f"rules/r-{number}/"), {**typed(page), "mark": "70"})
    assert [(rule["title"], rule["mark"]) for rule in rules_of(draft)] == [
        ("考试《基础》得分不低于 70%", 70),
        ("基础考试", 70),
    ]


def test_rules_go_up_and_down_into_a_group_and_out(administrator: Client, now: datetime) -> None:
    draft = drafted(now, GROUP, EXAM)

    def place(where: str, rule: str, **sent: Any) -> str:
        draft.refresh_from_db()
        data = {"revision": draft.revision, "rule": rule, **sent}
        return str(administrator.post(at(draft, f"rules/{where}/place/"), data)["Location"])

    assert place("r-1", "exam", do="up") == at(draft, "#rule-r-0")
    assert [rule["id"] for rule in rules_of(draft)] == ["exam", "modules"]
    assert place("r-0", "exam", do="move", group="r-1") == at(draft, "#rule-r-0-1")
    assert [rule["id"] for rule in rules_of(draft)[0]["rules"]] == ["inner", "exam"]
    assert place("r-0-0", "inner", do="remove") == at(draft, "#rule-r-0")
    assert [rule["id"] for rule in rules_of(draft)[0]["rules"]] == ["exam"]
    for do, where, rule in (("remove", "r", "all"), ("up", "r", "all"), ("burn", "r-0", "modules")):
        assert place(where, rule, do=do) == at(draft)
    assert draft.revision == 4


def test_renewal_is_added_by_day_and_taken_out(administrator: Client, now: datetime) -> None:
    draft = drafted(now, COURSE)
    for revision, (since, hours) in enumerate((("2027-01-01", "90"), ("2024-01-01", "72.5")), 1):
        sent = {"revision": revision, "since": since, "months": 36, "hours": hours}
        assert administrator.post(at(draft, "renewal/"), sent).status_code == 302
    draft.refresh_from_db()
    first = {"from": "2024-01-01", "months": 36, "hours": 72.5}
    second = {"from": "2027-01-01", "months": 36, "hours": 90}
    assert draft.definition["renewal"] == [first, second]
    administrator.post(at(draft, "renewal/"), {"revision": 3, "remove": "0"})
    administrator.post(at(draft, "renewal/"), {"revision": 3, "remove": "0"})  # a double click
    draft.refresh_from_db()
    assert draft.definition["renewal"] == [second]
    administrator.post(at(draft, "renewal/"), {"revision": 4, "remove": "0"})
    draft.refresh_from_db()
    assert "renewal" not in draft.definition


def test_the_head_is_stored(administrator: Client, now: datetime) -> None:
    draft = drafted(now, COURSE)
    page = administrator.get(at(draft, "head/"))
    administrator.post(
        at(draft, "head/"), {**typed(page), "title": "新名称", "valid_months": "", "level": ""}
    )
    draft.refresh_from_db()
    assert draft.definition == definition(COURSE, title="新名称", valid_months=None, level=None)


# Two windows


def test_a_second_window_loses_nothing_and_says_what_to_do(administrator: Client, now: datetime) -> None:
    draft = drafted(now, COURSE, EXAM)
    first, second = (administrator.get(at(draft, "rules/r-1/")) for _each in range(2))
    administrator.post(at(draft, "rules/r-1/"), {**typed(first), "mark": "70"})
    administrator.post(at(draft, "rules/r-1/place/"), {"revision": 2, "rule": "exam", "do": "up"})
    refused = administrator.post(at(draft, "rules/r-1/"), {**typed(second), "mark": "80", "title": "八十分"})
    assert (refused.status_code, refused.context["form"]["title"].value()) == (422, "八十分")
    assert refused.context["stored"] == ["考试《基础》得分不低于 70%"]
    assert "另一个窗口" in text_of(refused)
    assert [rule["id"] for rule in rules_of(draft)] == ["exam", "course"]
    administrator.post(
        at(draft, "rules/r-1/"), typed(refused)
    )  # now knowingly, and to the rule that was meant
    assert [(rule["id"], rule["title"]) for rule in rules_of(draft)] == [
        ("exam", "八十分"),
        ("course", COURSE["title"]),
    ]


def test_the_head_in_a_second_window_is_refused_with_what_is_stored(
    administrator: Client, now: datetime
) -> None:
    draft = drafted(now, COURSE)
    page = administrator.get(at(draft, "head/"))
    administrator.post(at(draft, "head/"), {**typed(page), "title": "甲"})
    refused = administrator.post(at(draft, "head/"), {**typed(page), "title": "乙"})
    assert (refused.status_code, refused.context["stored"][0]) == (422, "方案名称：甲")
    draft.refresh_from_db()
    assert draft.title == "甲"


def test_a_rule_that_another_window_took_out_is_not_written_over_the_next(
    administrator: Client, now: datetime
) -> None:
    draft = drafted(now, EXAM, {**EXAM, "id": "other", "mark": 50})
    page = administrator.get(at(draft, "rules/r-0/"))
    administrator.post(at(draft, "rules/r-0/place/"), {"revision": 1, "rule": "exam", "do": "remove"})
    answer = administrator.post(at(draft, "rules/r-0/"), {**typed(page), "mark": "80"}, follow=True)
    assert answer.redirect_chain == [(at(draft), 302)]
    assert "这条条件已经不在了" in text_of(answer)
    assert rules_of(draft) == [{**EXAM, "id": "other", "mark": 50}]


@pytest.mark.parametrize("revision", [None, "", "1", "x", "9" * 5000])
def test_nothing_is_stored_or_released_unseen(
    revision: str | None, administrator: Client, now: datetime
) -> None:
    draft = drafted(now, COURSE)
    content = deepcopy(draft.definition)
    store_scheme_draft(definition={**content, "title": "别的"}, draft=draft, by=None, now=now)
    sent = {} if revision is None else {"revision": revision}
    administrator.post(at(draft, "rules/r-0/place/"), {**sent, "rule": "course", "do": "remove"})
    administrator.post(at(draft, "release/"), sent)
    assert rules_of(draft) == [COURSE]
    assert not SchemeVersion.objects.exists()


# Problems


def test_problems_stand_at_the_rule_and_beside_the_field(administrator: Client, now: datetime) -> None:
    draft = drafted(now, COURSE, WRONG, {**GROUP, "n": 4}, valid_months=0)
    page = administrator.get(at(draft))
    assert page.context["problems"] == ["有效期（月）：这里要填不小于 1 的整数。"]
    assert [(row.line.place, row.problems) for row in page.context["rows"] if row.problems] == [
        ("r-1", ("合格线（得分率 %）：请填 0 到 100 之间的数。",)),
        ("r-2", ("至少满足几项：请填 1 到 1 之间的数。",)),
    ]
    assert "release/" not in text_of(page)
    rule = administrator.get(at(draft, "rules/r-1/"))
    assert rule.context["form"]["mark"].errors == ["请填 0 到 100 之间的数。"]
    assert rule.context["problems"] == []


def test_a_rule_of_no_kind_can_be_taken_out(administrator: Client, now: datetime) -> None:
    draft = drafted(now, COURSE, {"id": "x", "kind": "essay"})
    page = administrator.get(at(draft, "rules/r-1/"))
    assert (page.status_code, len(page.context["problems"])) == (200, 1)
    administrator.post(at(draft, "rules/r-1/place/"), {"revision": 1, "rule": "x", "do": "remove"})
    assert rules_of(draft) == [COURSE]


@pytest.mark.parametrize("content", [{}, {"rule": 7, "renewal": 7, "view": []}, {"rule": {"rules": "none"}}])
def test_pages_stand_whatever_a_draft_holds(content: Any, administrator: Client, now: datetime) -> None:
    draft = store_scheme_draft(definition={"key": "digital", **content}, by=None, now=now)
    for path in ("", "head/", "renewal/"):
        assert administrator.get(at(draft, path)).status_code == 200


def test_what_a_form_cannot_store_is_named(administrator: Client, now: datetime) -> None:
    draft = drafted(now, COURSE)
    page = administrator.post(at(draft, "rules/r/add/?kind=exam"), {"revision": 1, "mark": "101"})
    assert page.status_code == 422
    assert sorted(page.context["form"].errors) == ["mark", "minutes", "subject"]
    group = administrator.post(
        at(draft, "rules/r/add/?kind=group"), {"revision": 1, "how": "at_least", "title": "模块"}
    )
    assert list(group.context["form"].errors) == ["n"]
    assert rules_of(draft) == [COURSE]


# Preview and release


def test_a_preview_names_only_people_one_may_see(admin: None, login: Any, now: datetime) -> None:
    here, there = make_organisation("QH"), make_organisation("XJ")
    mine, others = make_person("马兰", organisation=here), make_person("许知秋", organisation=there)
    for person in (mine, others):
        record(person, f"course:{person.pk}", now - timedelta(days=3))
    draft = drafted(now, COURSE)
    advance_preview(preview=ask_preview(draft=draft, by=None, now=now), clock=lambda: now)
    page = login(make_person(roles=(Role.ADMINISTRATOR,))).get(at(draft, "preview/"))
    assert page.context["gains"] == ([(mine.pk, "马兰")], 1)
    assert "许知秋" not in text_of(page)
    assert "另有 1 人" in text_of(page)


def test_counting_is_asked_for_once_and_shown_while_it_runs(administrator: Client, now: datetime) -> None:
    draft = drafted(now, COURSE)
    for _each in range(2):
        assert administrator.post(at(draft, "preview/")).status_code == 302
    assert draft.previews.count() == 1
    page = administrator.get(at(draft, "preview/"))
    assert (page.status_code, page.context["is_done"]) == (200, False)
    part = administrator.get(at(draft, "preview/"), headers={"HX-Request": "true"})
    assert "<html" not in text_of(part)
    advance_preview(preview=draft.previews.get(), clock=timezone.now)
    assert administrator.get(at(draft, "preview/"), headers={"HX-Request": "true"})["HX-Refresh"] == "true"


def test_a_preview_of_an_earlier_text_is_not_taken_for_this_one(administrator: Client, now: datetime) -> None:
    draft = drafted(now, COURSE)
    advance_preview(preview=ask_preview(draft=draft, by=None, now=now), clock=lambda: now)
    assert administrator.get(at(draft)).context["preview_is_fresh"] is True
    store_scheme_draft(definition=definition(EXAM), draft=draft, by=None, now=now)
    assert administrator.get(at(draft)).context["preview_is_fresh"] is False
    assert "试算之后草稿又改过" in text_of(administrator.get(at(draft, "preview/")))


def test_a_double_click_releases_once(administrator: Client, now: datetime) -> None:
    draft = drafted(now, COURSE)
    for _each in range(2):
        assert administrator.post(at(draft, "release/"), {"revision": 1}).status_code == 302
    assert [version.number for version in SchemeVersion.objects.all()] == [1]
    assert administrator.get(at(draft)).context["is_released"] is True


def test_a_released_scheme_is_taken_up_and_an_unreleased_draft_is_kept(
    administrator: Client, now: datetime
) -> None:
    version = release(EXAM, now=now)
    release(COURSE, now=now)
    listed = administrator.get(LIST)
    assert [each.number for each in listed.context["untouched"]] == [2]
    administrator.post(f"{LIST}of/digital/change/")
    draft = SchemeDraft.objects.get()
    assert rules_of(draft) == [COURSE]
    administrator.post(f"{LIST}of/digital/change/", {"number": version.number})
    assert rules_of(draft) == [EXAM]
    store_scheme_draft(definition=definition(EXAM, COURSE), draft=draft, by=None, now=now)
    kept = administrator.post(f"{LIST}of/digital/change/", {"number": 2}, follow=True)
    assert kept.redirect_chain == [(at(draft), 302)]
    assert rules_of(draft) == [EXAM, COURSE]
    assert "有未发布的修改；正在使用的是第 2 版" in text_of(administrator.get(LIST))
    for _each in range(2):
        administrator.post(at(draft, "delete/"))
    assert not SchemeDraft.objects.exists()
    assert SchemeVersion.objects.count() == 2


def test_versions_say_what_each_changed(administrator: Client, now: datetime) -> None:
    release(EXAM, now=now)
    release({**EXAM, "mark": 70}, now=now)
    page = administrator.get(f"{LIST}of/digital/")
    assert [(version.number, len(changes)) for version, changes in page.context["versions"]] == [
        (2, 1),
        (1, 0),
    ]
    assert "得分不低于 70%" in text_of(administrator.get(f"{LIST}of/digital/2/"))


@pytest.mark.parametrize("count", [1, 3])
def test_the_scheme_page_costs_the_same_for_any_number_of_rules(
    count: int, administrator: Client, now: datetime, django_assert_num_queries: Any
) -> None:
    draft = drafted(now, *({**COURSE, "id": f"course-{number}"} for number in range(count)))
    administrator.get(at(draft))
    with django_assert_num_queries(16):
        administrator.get(at(draft))


def test_nights_are_counted_by_cause_and_name_only_people_one_may_see(
    admin: None, login: Any, now: datetime
) -> None:
    release(EXAM, now=now)
    mine = make_person("马兰")
    others = make_person("许知秋", organisation=make_organisation("XJ"))
    differences = [
        {"person": str(person.pk), "scheme": "digital", "before": True, "after": False, "cause": cause}
        for person, cause in ((mine, "age"), (others, "unexplained"))
    ]
    for days, found in ((1, differences), (0, [])):
        DecisionReview.objects.create(
            run_on=now.date() - timedelta(days=days),
            started_at=now,
            touched_at=now,
            finished_at=now,
            people_count=2,
            differences=found,
        )
    page = login(make_person(roles=(Role.ADMINISTRATOR,))).get(f"{LIST}nights/")
    assert [dict(counts) for _night, counts in page.context["nights"]] == [{}, {"age": 1, "unexplained": 1}]
    assert [(name, title) for name, title, _each in page.context["seen"]] == [("马兰", "数字治理")]
    assert page.context["others"] == 1
    assert "许知秋" not in text_of(page)

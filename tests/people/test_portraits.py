"""Portraits: who may add one, where it lies, who sees it, and that it goes."""

from __future__ import annotations

from io import BytesIO
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import TestCase
from PIL import Image

from core.errors import NotAllowed, Refusal
from core.models import AuditEntry
from core.private_files import read, storage
from people.models import Account, Person, Portrait, Role
from people.portraits import SIZE, remove_portrait, store_portrait
from tests.factories import LONG_AGO_AT, make_organisation, make_person
from tests.people.making import photo

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _own_storage(settings: Any, tmp_path: Any) -> Any:
    settings.PRIVATE_ROOT = tmp_path
    storage.cache_clear()
    yield
    storage.cache_clear()


def stored(person: Person, colour: str = "red", by: Person | None = None) -> Portrait:
    with TestCase.captureOnCommitCallbacks(execute=True):
        return store_portrait(person=person, upload=photo(colour), by=by or person, now=LONG_AGO_AT)


def audited() -> list[str]:
    entries = AuditEntry.objects.filter(action__startswith="portrait.").order_by("pk")
    return [entry.action for entry in entries]


def test_portrait_is_cut_kept_and_audited() -> None:
    person = make_person()
    kept = stored(person)
    assert Image.open(BytesIO(read(kept.path))).size == SIZE
    assert (kept.added_by_id, kept.added_at, audited()) == (person.pk, LONG_AGO_AT, ["portrait.stored"])


def test_the_same_picture_twice_is_one_portrait() -> None:
    person = make_person()
    assert stored(person).pk == stored(person).pk
    assert audited() == ["portrait.stored"]


def test_a_new_picture_takes_the_old_one_with_it() -> None:
    person = make_person()
    old, new = stored(person).path, stored(person, "blue").path
    assert (storage().exists(old), storage().exists(new)) == (False, True)
    assert Portrait.objects.count() == 1


def test_two_people_with_one_file_keep_it_until_both_are_gone() -> None:
    one, two = make_person(), make_person()
    path = stored(one).path
    assert stored(two).path == path
    for person, there in ((one, True), (two, False)):
        with TestCase.captureOnCommitCallbacks(execute=True):
            assert remove_portrait(person=person, by=person, now=LONG_AGO_AT)
        assert storage().exists(path) is there


def test_removing_twice_is_harmless() -> None:
    person = make_person()
    stored(person)
    assert remove_portrait(person=person, by=person, now=LONG_AGO_AT)
    assert not remove_portrait(person=person, by=person, now=LONG_AGO_AT)
    assert audited() == ["portrait.stored", "portrait.removed"]


def test_an_administrator_of_their_scope_may_and_nobody_else() -> None:
    person = make_person()
    administrator = make_person(roles=(Role.ADMINISTRATOR,))
    stored(person, by=administrator)
    elsewhere = make_person(organisation=make_organisation("ELSE"), roles=(Role.ADMINISTRATOR,))
    for stranger in (make_person(), make_person(roles=(Role.ISSUER,)), elsewhere):
        with pytest.raises(NotAllowed):
            store_portrait(person=person, upload=photo("blue"), by=stranger, now=LONG_AGO_AT)
        with pytest.raises(NotAllowed):
            remove_portrait(person=person, by=stranger, now=LONG_AGO_AT)


def test_a_refused_picture_leaves_the_old_one() -> None:
    person = make_person()
    kept = stored(person)
    with pytest.raises(Refusal):
        store_portrait(person=person, upload=b"<svg/>", by=person, now=LONG_AGO_AT)
    assert Portrait.objects.get() == kept
    assert storage().exists(kept.path)


def browser(client: Any, person: Person) -> Any:
    client.force_login(Account.objects.get(person=person))
    return client


def test_page_takes_shows_and_removes_ones_own_photo(client: Any) -> None:
    person = make_person()
    browser(client, person)
    assert client.get("/me/photo/file/").status_code == 404
    upload = SimpleUploadedFile("me.exe", photo(), "application/x-msdownload")
    assert client.post("/me/photo/", {"photo": upload}).status_code == 302
    shown = client.get("/me/photo/file/")
    assert (shown["Content-Type"], shown["Cache-Control"]) == ("image/jpeg", "private, no-store")
    assert 'src="/me/photo/file/' in client.get("/me/photo/").content.decode()
    assert client.post("/me/photo/", {"remove": "1"}).status_code == 302
    assert not Portrait.objects.exists()


@pytest.mark.parametrize("content", [b"", b"<svg onload='alert(1)'/>", b"GIF89a" + bytes(50)])
def test_page_names_what_is_wrong_with_a_file(client: Any, content: bytes) -> None:
    browser(client, make_person())
    refused = client.post("/me/photo/", {"photo": SimpleUploadedFile("me.jpg", content, "image/jpeg")})
    assert refused.status_code == 422
    assert not Portrait.objects.exists()


def test_page_of_a_person_is_for_those_who_administer_them(client: Any) -> None:
    person, other_district = make_person(), make_organisation("ELSE")
    stored(person)
    address, issuer = f"/people/{person.pk}/photo/", make_person(roles=(Role.ISSUER,))
    seen = {
        make_person(roles=(Role.ADMINISTRATOR,)): (200, 200),
        issuer: (404, 200),
        make_person(): (404, 404),
        make_person(organisation=other_district, roles=(Role.ADMINISTRATOR,)): (404, 404),
    }
    for viewer, expected in seen.items():
        browser(client, viewer)
        assert (client.get(address).status_code, client.get(f"{address}file/").status_code) == expected
        if expected[0] == 404:
            assert client.post(address, {"remove": "1"}).status_code == 404
    assert Portrait.objects.count() == 1

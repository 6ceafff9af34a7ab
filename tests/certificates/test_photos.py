"""The photo on a certificate: a copy of its own, from numbering to erasing."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import TestCase

from certificates.erasing import erase_holder
from certificates.issuing import issue_batch
from certificates.models import Certificate, HolderSnapshot
from certificates.press.theming import usable_themes
from core.private_files import read, storage
from people.models import Person, Portrait
from people.portraits import remove_portrait, store_portrait
from tests.certificates.making import (
    NOW,
    make_batch,
    make_eligible,
    make_issuer,
    make_issuing_pair,
    make_scheme,
)
from tests.people.making import photo

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _own_storage(settings: Any, tmp_path: Any) -> Any:
    settings.PRIVATE_ROOT = tmp_path
    storage.cache_clear()
    yield
    storage.cache_clear()


def issued(theme: str) -> Certificate:
    make_issuer()
    scheme, pair = make_scheme(), make_issuing_pair()
    person = make_eligible("许知秋", scheme=scheme)
    store_portrait(person=person, upload=photo(), by=person, now=NOW)
    batch = make_batch([person], scheme=scheme, pair=pair, approve=True, theme=theme)
    issue_batch(batch=batch, clock=lambda: NOW)
    return Certificate.objects.get(person=person)


def with_photo() -> str:
    return next(theme.key for theme in usable_themes() if theme.photo == "required")


def gone(person: Person) -> None:
    with TestCase.captureOnCommitCallbacks(execute=True):
        remove_portrait(person=person, by=person, now=NOW)


def test_a_certificate_keeps_its_photo_when_the_portrait_goes() -> None:
    certificate = issued(with_photo())
    portrait = Portrait.objects.get().path
    kept = HolderSnapshot.objects.get(certificate=certificate).photo_path
    assert (kept != portrait, read(kept) == read(portrait)) == (True, True)
    gone(certificate.person)
    assert (storage().exists(portrait), storage().exists(kept)) == (False, True)


def test_erasing_a_holder_deletes_portrait_and_photo() -> None:
    certificate = issued(with_photo())
    paths = [Portrait.objects.get().path, HolderSnapshot.objects.get(certificate=certificate).photo_path]
    with TestCase.captureOnCommitCallbacks(execute=True):
        erase_holder(person=certificate.person, by=None, now=NOW)
    assert [storage().exists(path) for path in paths] == [False, False]


def test_a_design_without_a_photo_keeps_none() -> None:
    theme = next(theme.key for theme in usable_themes() if theme.photo == "none")
    assert HolderSnapshot.objects.get(certificate=issued(theme)).photo_path == ""

"""Who may stand in a batch: photos, forbidden words, namesakes, corrections and renewals."""

from __future__ import annotations

from copy import deepcopy
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.test import TestCase

from assessments.models import SchemeVersion
from certificates.boards import CHECK_TITLES
from certificates.models import BatchKind, Certificate, CertificateEvent, EventKind, Issuer
from certificates.preflight import CHECKS, Checked, Preflight
from certificates.press.theming import usable_themes
from core.private_files import storage
from people.identity import store_id_number
from people.models import Account, Person
from people.portraits import remove_portrait, store_portrait
from tests.certificates.life.making import lose_exam
from tests.certificates.making import (
    ISSUER_NAME,
    NOW,
    SCHEME,
    make_certificate,
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


def checked(people: list[Person], scheme: SchemeVersion, **circumstances: Any) -> dict[UUID, Checked]:
    proposer, approver = circumstances.pop("pair", None) or make_issuing_pair()
    when = circumstances.pop("now", NOW)
    return Preflight(scheme, proposer, approver, when, **circumstances).check([one.pk for one in people])


def codes(found: dict[UUID, Checked], person: Person) -> list[str]:
    return [finding.code for finding in found[person.pk].findings]


def test_every_check_has_a_title() -> None:
    assert tuple(CHECK_TITLES) == CHECKS


def test_without_a_photo_one_is_set_aside_and_the_others_go_on() -> None:
    make_issuer()
    scheme = make_scheme()
    with_photo, without = make_eligible("甲一", scheme=scheme), make_eligible("乙二", scheme=scheme)
    store_portrait(person=with_photo, upload=photo(), by=with_photo, now=NOW)
    theme = photo_theme()
    found = checked([with_photo, without], scheme, theme=theme)
    assert (codes(found, with_photo), codes(found, without)) == ([], ["photo"])
    assert codes(checked([without], scheme), without) == []


def photo_theme() -> str:
    """The one of the house's designs that nobody is printed with without a photo."""
    return next(theme.key for theme in usable_themes() if theme.photo == "required")


def test_a_photo_whose_file_is_gone_counts_as_none() -> None:
    make_issuer()
    scheme = make_scheme()
    person = make_eligible(scheme=scheme)
    portrait = store_portrait(person=person, upload=photo(), by=person, now=NOW)
    storage().delete(portrait.path)
    assert codes(checked([person], scheme, theme=photo_theme()), person) == ["photo"]


@pytest.mark.parametrize("place", ["title of the batch", "issuer", "module"])
def test_forbidden_words_are_found_wherever_they_are_printed(place: str) -> None:
    make_issuer()
    rule = deepcopy(SCHEME["rule"])
    if place == "module":
        rule["rules"][0]["title"] = "国家课程"  # type: ignore[index]
    scheme = make_scheme(rule=rule)
    person = make_eligible("张中华", scheme=scheme)
    if place == "issuer":
        Issuer.objects.filter(name=ISSUER_NAME).update(name="全国社区学院")
    wording = ("中 国 第一批",) if place == "title of the batch" else ()
    assert codes(checked([person], scheme, wording=wording), person) == ["wording"]


def test_the_name_of_a_person_is_nobodys_wording() -> None:
    make_issuer()
    scheme = make_scheme()
    person = make_eligible("张中华", scheme=scheme)
    assert codes(checked([person], scheme), person) == []


def test_namesakes_are_a_hint_and_no_hindrance() -> None:
    make_issuer()
    scheme = make_scheme()
    one, two, other = (make_eligible(name, scheme=scheme) for name in ("李静", "李静", "程野"))
    found = checked([one, two, other], scheme)
    assert [found[each.pk].findings for each in (one, two, other)] == [(), (), ()]
    assert ["分不清" in hint for hint in found[one.pk].hints + found[two.pk].hints] == [True, True]
    assert found[other.pk].hints == ()
    for person, number in ((one, "000000199308260038"), (two, "00000019900101019X")):
        store_id_number(account=Account.objects.get(person=person), number=number, by=None, now=NOW)
    assert ["证件号码不同" in hint for hint in checked([one, two], scheme)[one.pk].hints] == [True]


def correction(certificate: Certificate, **circumstances: Any) -> list[str]:
    follows = {certificate.person_id: certificate}
    circumstances = {"kind": BatchKind.CORRECTION, "follows": follows, **circumstances}
    found = checked([certificate.person], certificate.scheme_version, **circumstances)
    return codes(found, certificate.person)


def event(certificate: Certificate, kind: EventKind) -> None:
    CertificateEvent.objects.create(certificate=certificate, kind=kind, at=NOW, by=None)


def test_a_certificate_in_force_may_be_corrected_though_it_is_held() -> None:
    assert correction(make_certificate()) == []


@pytest.mark.parametrize("kind", [EventKind.REVOKED, EventKind.SUSPENDED, EventKind.SUPERSEDED])
def test_what_is_not_in_force_is_not_corrected(kind: EventKind) -> None:
    certificate = make_certificate()
    event(certificate, kind)
    assert "follows" in correction(certificate)


def test_what_expired_is_not_corrected_but_renewed() -> None:
    certificate = make_certificate()
    after = NOW + timedelta(days=365 * 4)
    assert correction(certificate, now=after) == ["follows"]
    assert "follows" not in correction(certificate, now=after, kind=BatchKind.RENEWAL)


def test_a_lost_ground_is_settled_before_a_correction() -> None:
    certificate = make_certificate()
    lose_exam(certificate)
    assert correction(certificate) == ["follows"]


def test_a_renewal_allows_the_one_that_is_renewed_and_no_other() -> None:
    certificate = make_certificate()
    assert correction(certificate, kind=BatchKind.RENEWAL) == []
    assert correction(certificate, kind=BatchKind.ISSUE) == ["duplicate"]
    assert set(correction(certificate, kind=BatchKind.RENEWAL, follows={})) == {"follows", "duplicate"}


@pytest.mark.parametrize("kind", [BatchKind.CORRECTION, BatchKind.RENEWAL])
def test_somebody_elses_certificate_is_followed_by_nobody(kind: BatchKind) -> None:
    certificate = make_certificate()
    other = make_eligible("程野", scheme=certificate.scheme_version)
    found = checked([other], certificate.scheme_version, kind=kind, follows={other.pk: certificate})
    assert "follows" in codes(found, other)


def test_a_photo_removed_before_numbering_sets_its_owner_aside() -> None:
    make_issuer()
    scheme = make_scheme()
    person = make_eligible(scheme=scheme)
    store_portrait(person=person, upload=photo(), by=person, now=NOW)
    with TestCase.captureOnCommitCallbacks(execute=True):
        remove_portrait(person=person, by=person, now=NOW)
    assert codes(checked([person], scheme, theme=photo_theme()), person) == ["photo"]


@pytest.mark.parametrize("count", [1, 3])
def test_queries_of_a_check(count: int, django_assert_num_queries: Any) -> None:
    """Nine, however many people are checked."""
    make_issuer()
    scheme, pair = make_scheme(), make_issuing_pair()
    people = [make_eligible(scheme=scheme) for _ in range(count)]
    checked(people, scheme, pair=pair)
    with django_assert_num_queries(9):
        checked(people, scheme, pair=pair)

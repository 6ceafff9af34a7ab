"""Seals and signatures: what is taken, who may bring it, and that what was issued keeps what it has."""

from __future__ import annotations

from io import BytesIO
from typing import Any

import pytest
from PIL import Image, PngImagePlugin

from certificates.gallery.marks import MarkWords, add_mark, retire_mark
from certificates.gallery.pictures import LARGEST, mark_picture
from certificates.gallery.shelf import marks_for, offered_themes, pictures_of
from certificates.gallery.shelving import dress_theme, offer_theme, withdraw_theme
from certificates.issuing import issue_batch
from certificates.models import Certificate, Issuer, IssuerMark, MarkKind, ThemeShelf
from core.errors import NotAllowed, Refusal
from core.models import AuditEntry
from core.private_files import read
from people.models import Person, Role
from tests.certificates.gallery.making import drawn_mark
from tests.certificates.making import (
    NOW,
    make_batch,
    make_eligible,
    make_issuer,
    make_issuing_pair,
    make_scheme,
)
from tests.factories import make_organisation, make_person

SEAL = MarkWords("学院印")
SIGNATURE = MarkWords("院长签名", "沈静文", "院长")


def make_keeper() -> Person:
    """Somebody who issues for the whole district."""
    return make_person("邹敏", roles=(Role.ISSUER,))


def make_mark(
    keeper: Person, kind: MarkKind = MarkKind.SEAL, words: MarkWords = SEAL, **changes: Any
) -> IssuerMark:
    asked = {"issuer": make_issuer(), "content": drawn_mark(), "no_emblem": True, "by": keeper, "now": NOW}
    return add_mark(kind=kind, words=words, **(asked | changes))


def audited(action: str) -> int:
    return AuditEntry.objects.filter(action=action).count()


@pytest.mark.parametrize("content", [drawn_mark(), drawn_mark(kind="JPEG", paper="#fbfaf7")])
def test_a_mark_is_made_anew_on_a_transparent_ground_and_cut_to_its_ink(content: bytes) -> None:
    picture = Image.open(BytesIO(mark_picture(content)))
    assert (picture.format, picture.mode) == ("PNG", "RGBA")
    assert abs(picture.width - 260) <= 8
    assert picture.getpixel((0, 0))[3] == 0  # type: ignore[index]
    assert picture.getpixel((picture.width // 2, picture.height // 2))[3] == 0  # type: ignore[index]
    red, green, _blue, opacity = picture.getpixel((picture.width // 2, 6))  # type: ignore[misc]
    assert opacity > 200
    assert red > 150 > 90 > green


def test_what_hides_in_a_picture_stays_behind() -> None:
    hidden, written = PngImagePlugin.PngInfo(), BytesIO()
    hidden.add_text("Comment", "<script>alert(1)</script>")
    Image.open(BytesIO(drawn_mark())).save(written, "PNG", pnginfo=hidden)
    assert b"script" in written.getvalue()
    assert b"script" not in mark_picture(written.getvalue() + b"<script>")


def test_a_large_scan_is_made_smaller() -> None:
    picture = Image.open(BytesIO(mark_picture(drawn_mark(size=(2400, 1600)))))
    assert (picture.width, picture.height <= LARGEST[1]) == (LARGEST[0], True)


def bomb() -> bytes:
    written = BytesIO()
    Image.new("1", (9000, 9000)).save(written, "PNG")
    return written.getvalue()


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b'<svg xmlns="http://www.w3.org/2000/svg"/>', "picture"),
        (b"GIF89a\x01\x00\x01\x00\x00\x00\x00;", "picture"),
        (b"", "picture"),
        (drawn_mark()[:200], "picture"),
        (drawn_mark(size=(60, 50)), "small"),
        (bomb(), "pixels"),
        (b"\x89PNG\r\n\x1a\n" + bytes(6 * 1024 * 1024), "size"),
    ],
)
def test_what_is_no_sound_picture_is_refused(content: bytes, code: str) -> None:
    with pytest.raises(Refusal) as refused:
        mark_picture(content)
    assert refused.value.code == code


def test_an_empty_sheet_is_refused() -> None:
    written = BytesIO()
    Image.new("RGB", (300, 300), "white").save(written, "PNG")
    with pytest.raises(Refusal, match=r".+") as refused:
        mark_picture(written.getvalue())
    assert refused.value.code == "empty"


@pytest.mark.django_db
def test_a_mark_brought_in_twice_is_one() -> None:
    keeper = make_keeper()
    assert make_mark(keeper) == make_mark(keeper)
    assert audited("mark.added") == 1


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"no_emblem": False}, "no_emblem"),
        ({"words": MarkWords("国家印章")}, "wording"),
        ({"words": MarkWords(" ")}, "title"),
        ({"kind": MarkKind.SIGNATURE}, "signer"),
    ],
)
def test_a_mark_without_what_must_be_said_is_refused(changes: dict[str, Any], code: str) -> None:
    with pytest.raises(Refusal) as refused:
        make_mark(make_keeper(), **changes)
    assert refused.value.code == code
    assert (IssuerMark.objects.count(), audited("mark.added")) == (0, 0)


@pytest.mark.django_db
def test_only_those_who_issue_for_the_whole_tree_change_anything() -> None:
    issuer, keeper = make_issuer(), make_keeper()
    mark = make_mark(keeper)
    part = make_organisation("ELSE", make_organisation())
    for other in (make_person("甲", organisation=part, roles=(Role.ISSUER,)), make_person("乙")):
        with pytest.raises(NotAllowed):
            make_mark(other)
        with pytest.raises(NotAllowed):
            retire_mark(mark=mark, by=other, now=NOW)
        with pytest.raises(NotAllowed):
            withdraw_theme(issuer=issuer, theme="card", by=other, now=NOW)
        with pytest.raises(NotAllowed):
            dress_theme(issuer=issuer, theme="card", seal=mark, signature=None, by=other, now=NOW)
    assert ThemeShelf.objects.count() == 0


@pytest.mark.django_db
def test_themes_are_offered_until_they_are_withdrawn_and_never_all() -> None:
    issuer, keeper = make_issuer(), make_keeper()
    assert [key for key, _title in offered_themes(issuer)] == ["standard", "card", "portrait"]
    for _ in range(2):
        withdraw_theme(issuer=issuer, theme="standard", by=keeper, now=NOW)
        withdraw_theme(issuer=issuer, theme="card", by=keeper, now=NOW)
    assert offered_themes(issuer) == [("portrait", "立幅（A4 竖版）")]
    with pytest.raises(Refusal):
        withdraw_theme(issuer=issuer, theme="portrait", by=keeper, now=NOW)
    offer_theme(issuer=issuer, theme="card", by=keeper, now=NOW)
    assert [key for key, _title in offered_themes(issuer)] == ["card", "portrait"]
    assert (audited("theme.withdrawn"), audited("theme.offered")) == (2, 1)


@pytest.mark.django_db
def test_a_theme_carries_only_marks_in_use_of_its_issuer_and_kind() -> None:
    issuer, keeper = make_issuer(), make_keeper()
    seal, signature = make_mark(keeper), make_mark(keeper, MarkKind.SIGNATURE, SIGNATURE)
    other = Issuer.objects.create(code="OTHER", name="别处")
    foreign = make_mark(keeper, issuer=other)
    retired = retire_mark(mark=make_mark(keeper, words=MarkWords("旧印")), by=keeper, now=NOW)
    wrong = [(foreign, None), (retired, None), (signature, None), (None, seal)]
    for chosen in wrong:
        with pytest.raises(Refusal):
            dress_theme(
                issuer=issuer, theme="standard", seal=chosen[0], signature=chosen[1], by=keeper, now=NOW
            )
    with pytest.raises(Refusal):  # the card has no place for one
        dress_theme(issuer=issuer, theme="card", seal=None, signature=signature, by=keeper, now=NOW)
    assert audited("theme.dressed") == 0


@pytest.mark.django_db
def test_a_certificate_keeps_the_marks_it_was_numbered_with() -> None:
    issuer, scheme, pair = make_issuer(), make_scheme(), make_issuing_pair()
    keeper = pair[0]
    seal, signature = make_mark(keeper), make_mark(keeper, MarkKind.SIGNATURE, SIGNATURE)
    dress_theme(issuer=issuer, theme="standard", seal=seal, signature=signature, by=keeper, now=NOW)
    batch = make_batch([make_eligible("许知秋", scheme=scheme)], scheme=scheme, pair=pair, approve=True)
    issue_batch(batch=batch, clock=lambda: NOW)
    retire_mark(mark=seal, by=keeper, now=NOW)
    retire_mark(mark=signature, by=keeper, now=NOW)
    assert marks_for(issuer, "standard").record == {}
    certificate = Certificate.objects.get()
    assert certificate.snapshot["marks"] == {
        "seal": seal.sha256,
        "signature": signature.sha256,
        "post": "院长",
    }
    assert certificate.holder.signer_name == "沈静文"
    assert pictures_of(certificate) == {"seal.png": read(seal.path), "signature.png": read(signature.path)}

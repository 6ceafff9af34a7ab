"""Seals and signatures: brought in once, retired for good, kept on the certificates that carry them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from certificates.gallery.keepers import check_may_keep
from certificates.gallery.pictures import mark_picture
from certificates.gallery.shelf import MARK_SUFFIX, MARKS_FOLDER
from certificates.models import Issuer, IssuerMark, MarkKind, ThemeShelf
from certificates.wording import check_wording
from core import audit
from core.errors import Refusal
from core.private_files import store
from people.models import Person


@dataclass(frozen=True)
class MarkWords:
    """What a mark is called, and for a signature who signs and in which post."""

    title: str
    signer: str = ""
    post: str = ""


def add_mark(
    *,
    issuer: Issuer,
    kind: MarkKind,
    words: MarkWords,
    content: bytes,
    no_emblem: bool,
    by: Person,
    now: datetime,
) -> IssuerMark:
    """A new seal or signature; the one in use already when the same picture was brought in under the same name.

    `no_emblem` is the bringer's word that the picture shows no national or party emblem and no flag. Raises NotAllowed
    for whoever does not keep the gallery, Refusal without that word, for forbidden words, for a signature without a
    signer and for what is no sound picture.
    """
    check_may_keep(by, on=timezone.localdate(now))
    _check_words(kind, words)
    if not no_emblem:
        raise Refusal(
            _("State that the picture shows no national or party emblem and no flag."), code="no_emblem"
        )
    stored = store(mark_picture(content), folder=MARKS_FOLDER, suffix=MARK_SUFFIX)
    said = {
        "kind": kind,
        "title": words.title,
        "signer": words.signer,
        "post": words.post,
        "sha256": stored.sha256,
    }
    with transaction.atomic():
        issuer = Issuer.objects.select_for_update().get(pk=issuer.pk)
        existing = IssuerMark.objects.filter(issuer=issuer, retired_at=None, **said).first()
        if existing:
            return existing
        mark = IssuerMark.objects.create(issuer=issuer, path=stored.path, added_by=by, added_at=now, **said)
        audit.record(
            action="mark.added",
            target=f"certificates.issuermark:{mark.pk}",
            by=by,
            now=now,
            kind=str(kind),
            sha256=stored.sha256,
            no_emblem=True,
        )
    return mark


@transaction.atomic
def retire_mark(*, mark: IssuerMark, by: Person, now: datetime) -> IssuerMark:
    """Offer a mark no more; every design that carried it goes without from now on. Certificates keep what they have.

    Raises NotAllowed for whoever does not keep the gallery.
    """
    check_may_keep(by, on=timezone.localdate(now))
    mark = IssuerMark.objects.select_for_update().get(pk=mark.pk)
    if mark.retired_at:
        return mark
    mark.retired_at = now
    mark.save(update_fields=["retired_at"])
    for kind in MarkKind:
        ThemeShelf.objects.filter(**{str(kind): mark}).update(
            **{str(kind): None}, changed_by=by, changed_at=now
        )
    audit.record(action="mark.retired", target=f"certificates.issuermark:{mark.pk}", by=by, now=now)
    return mark


def _check_words(kind: MarkKind, words: MarkWords) -> None:
    for text in (words.title, words.signer, words.post):
        check_wording(text)
    if not words.title.strip():
        raise Refusal(_("Say what it is called."), code="title")
    if kind == MarkKind.SIGNATURE and not words.signer.strip():
        raise Refusal(_("Say whose signature it is."), code="signer")

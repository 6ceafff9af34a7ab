"""Putting themes on an issuer's shelf, taking them off, and saying what is put under them."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from certificates.gallery.keepers import check_may_keep
from certificates.gallery.shelf import offered_themes
from certificates.models import Issuer, IssuerMark, MarkKind, ThemeShelf
from certificates.press.theming import check_theme, load_theme
from core import audit
from core.errors import Refusal
from people.models import Person


@transaction.atomic
def offer_theme(*, issuer: Issuer, theme: str, by: Person, now: datetime) -> ThemeShelf:
    """Let new batches choose a theme. Raises NotAllowed for whoever does not keep the gallery, Refusal for a theme that
    does not exist or is broken."""
    return _set_offered(issuer, theme, True, by, now)


@transaction.atomic
def withdraw_theme(*, issuer: Issuer, theme: str, by: Person, now: datetime) -> ThemeShelf:
    """Let new batches choose a theme no more; batches under way keep it. Raises as `offer_theme`, and Refusal for the
    last theme on the shelf."""
    return _set_offered(issuer, theme, False, by, now)


@transaction.atomic
def dress_theme(
    *,
    issuer: Issuer,
    theme: str,
    seal: IssuerMark | None,
    signature: IssuerMark | None,
    by: Person,
    now: datetime,
) -> ThemeShelf:
    """Say which seal and which signature certificates of a theme carry from now on; None: the theme's own seal, no
    signature. Raises as `offer_theme`, and Refusal for a mark of another issuer or kind, a retired one, or one the
    theme has no place for."""
    shelf = _locked(issuer, theme, by, now)
    for kind, mark in ((MarkKind.SEAL, seal), (MarkKind.SIGNATURE, signature)):
        if mark is not None:
            _check_mark(mark, kind, issuer, theme)
    if (shelf.seal, shelf.signature) == (seal, signature):
        return shelf
    shelf.seal, shelf.signature = seal, signature
    return _kept(
        shelf,
        by,
        now,
        "theme.dressed",
        seal=seal.pk if seal else None,
        signature=signature.pk if signature else None,
    )


def _set_offered(issuer: Issuer, theme: str, offered: bool, by: Person, now: datetime) -> ThemeShelf:
    shelf = _locked(issuer, theme, by, now)
    if shelf.is_offered == offered:
        return shelf
    if not offered and [key for key, _title in offered_themes(issuer)] == [theme]:
        raise Refusal(_("One design at least must be offered: offer another one first."), code="last_theme")
    shelf.is_offered = offered
    return _kept(shelf, by, now, "theme.offered" if offered else "theme.withdrawn")


def _locked(issuer: Issuer, theme: str, by: Person, now: datetime) -> ThemeShelf:
    """The theme's place on the shelf, under the issuer's lock: two people who withdraw the last two themes wait."""
    check_may_keep(by, on=timezone.localdate(now))
    check_theme(theme)
    Issuer.objects.select_for_update().get(pk=issuer.pk)
    shelf = ThemeShelf.objects.filter(issuer=issuer, theme=theme).select_related("seal", "signature").first()
    return shelf or ThemeShelf(issuer=issuer, theme=theme)


def _kept(shelf: ThemeShelf, by: Person, now: datetime, action: str, **detail: int | None) -> ThemeShelf:
    shelf.changed_by, shelf.changed_at = by, now
    shelf.save()
    target = f"certificates.theme:{shelf.issuer.code}:{shelf.theme}"
    audit.record(action=action, target=target, by=by, now=now, **detail)
    return shelf


def _check_mark(mark: IssuerMark, kind: MarkKind, issuer: Issuer, theme: str) -> None:
    if mark.issuer_id != issuer.pk or mark.kind != kind or mark.retired_at:
        raise Refusal(_("Choose one of the seals and signatures that are in use."), code=str(kind))
    if str(kind) not in load_theme(theme).marks:
        raise Refusal(_("This design has no place for that."), code=str(kind))

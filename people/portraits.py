"""Portraits: the passport picture that some certificates show. Kept private, made anew from what was sent in."""

from __future__ import annotations

from datetime import datetime
from functools import partial

from django.db import transaction
from django.utils.translation import gettext as _

from core import audit
from core.errors import NotAllowed
from core.pictures import passport_picture
from core.private_files import storage, store
from people.models import Account, Person, Portrait, Role
from people.scope import OVERSEEING_ROLES, people_overseen_by

SIZE = (600, 800)  # 3 : 4, 25 × 33 mm at 600 dots an inch
LEAST = (300, 400)
FOLDER = "portraits"


def store_portrait(*, person: Person, upload: bytes, by: Person, now: datetime) -> Portrait:
    """Keep a picture of a person, cut to 3 : 4, in place of the one there was; the same picture again changes nothing.

    Raises NotAllowed unless it is their own or `by` administers them, Refusal for what is no picture or too small
    (core.pictures).
    """
    check_may_change(person=person, by=by, now=now)
    content = passport_picture(upload, size=SIZE, least=LEAST)
    with transaction.atomic():
        account = Account.objects.select_for_update().get(person=person)
        old = Portrait.objects.filter(account=account).first()
        kept = store(content, folder=FOLDER, suffix=".jpg")
        if old and old.sha256 == kept.sha256:
            return old
        new, _created = Portrait.objects.update_or_create(
            account=account,
            defaults={"path": kept.path, "sha256": kept.sha256, "added_at": now, "added_by": by},
        )
        if old:
            _drop_file(old.path)
        _audit("portrait.stored", person, by=by, now=now, sha256=kept.sha256)
    return new


@transaction.atomic
def remove_portrait(*, person: Person, by: Person | None, now: datetime) -> bool:
    """Delete the picture, its file after the commit; whether there was one. Certificates printed with it keep theirs.

    `by=None` is the system: somebody is being erased. Raises NotAllowed as `store_portrait` does.
    """
    if by is not None:
        check_may_change(person=person, by=by, now=now)
    portrait = Portrait.objects.select_for_update(of=("self",)).filter(account__person=person).first()
    if portrait is None:
        return False
    portrait.delete()
    _drop_file(portrait.path)
    _audit("portrait.removed", person, by=by, now=now)
    return True


def check_may_change(*, person: Person, by: Person, now: datetime) -> None:
    """Raises NotAllowed for everybody but the person and whoever administers them."""
    overseen = people_overseen_by(by, roles=[Role.ADMINISTRATOR], at=now)
    if person.pk != by.pk and not overseen.filter(pk=person.pk).exists():
        raise NotAllowed(_("Only the person, or an administrator of their organisation, may do this."))


def portrait_for(viewer: Person, person: Person, *, at: datetime) -> Portrait | None:
    """The portrait of a person for whoever may see it: themself, and those who administer or issue for them."""
    if person.pk != viewer.pk:
        overseen = people_overseen_by(viewer, roles=OVERSEEING_ROLES, at=at)
        if not overseen.filter(pk=person.pk).exists():
            return None
    return Portrait.objects.filter(account__person=person).first()


def _drop_file(path: str) -> None:
    transaction.on_commit(partial(_delete_unless_used, path))


def _delete_unless_used(path: str) -> None:
    """Files lie under their own hash: one that another account has as well stays."""
    if not Portrait.objects.filter(path=path).exists():
        storage().delete(path)


def _audit(action: str, person: Person, *, by: Person | None, now: datetime, **detail: str) -> None:
    audit.record(action=action, target=f"people.person:{person.pk}", by=by, now=now, **detail)

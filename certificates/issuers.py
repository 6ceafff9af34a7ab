"""Issuers: registered once, named on every certificate."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from certificates.models import Issuer
from core import audit
from core.errors import Refusal
from people.models import Person


@transaction.atomic
def register_issuer(
    *, code: str, name: str, by: Person | None, now: datetime, phone: str = "", domain: str = ""
) -> Issuer:
    """An issuer, or the one that already has this code. Raises Refusal for a code other than capitals and digits."""
    existing = Issuer.objects.filter(code=code).first()
    if existing:
        return existing
    issuer = Issuer(code=code, name=name, phone=phone, domain=domain)
    try:
        issuer.full_clean()
    except ValidationError as error:
        raise Refusal(" ".join(error.messages), code="issuer") from error
    issuer.save()
    audit.record(action="issuer.registered", target=f"certificates.issuer:{code}", by=by, now=now)
    return issuer


def house_issuer() -> Issuer:
    """The issuer this installation prints for (setting ISSUER_CODE). Raises Refusal when it is not registered."""
    issuer = Issuer.objects.filter(code=settings.ISSUER_CODE).first()
    if issuer is None:
        raise Refusal(
            _("The issuer %(code)s is not registered yet: an administrator does that once.")
            % {"code": settings.ISSUER_CODE},
            code="no_issuer",
        )
    return issuer

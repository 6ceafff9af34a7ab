"""1+N schemes: from a definition to a frozen release that decides."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from assessments.deciding import SchemeDefinition, SchemeInvalid, parse_scheme
from assessments.freezing import exact
from assessments.models import SchemeVersion
from assessments.schemes.problems import TITLE_LENGTH, unknown_subjects
from assessments.wording import refusal_of
from competencies.framework import views
from competencies.ledger import register_subject
from competencies.models import SubjectKind
from core import audit
from core.errors import Refusal
from core.hashing import content_hash
from people.models import Person, Role
from people.roles import check_role

READ: dict[str, SchemeDefinition] = {}
"""Released definitions by content hash: they never change, so each is read once in a process."""


def definition_of(version: SchemeVersion) -> SchemeDefinition:
    """The scheme as frozen values."""
    definition = READ.get(version.content_hash)
    if definition is None:
        definition = READ[version.content_hash] = parse_scheme(version.definition)
    return definition


def release_scheme(*, definition: Mapping[str, Any], by: Person | None, now: datetime) -> SchemeVersion:
    """Freeze a definition (see `assessments.deciding.scheme`) as the scheme's next version.

    Gives the newest version when nothing changed. Raises Refusal with every problem, for a view nobody defined, and
    for a rule about something that has not been released: nobody could ever meet it.
    """
    if by:
        check_role(by, Role.ADMINISTRATOR, on=timezone.localdate(now))
    scheme = _parse(definition)
    _check_view(scheme)
    _check_title(scheme)
    _check_subjects(definition)
    digest = content_hash(exact(definition))
    with transaction.atomic():
        register_subject(kind=SubjectKind.SCHEME, key=scheme.key, title=scheme.title)
        newest = SchemeVersion.objects.filter(key=scheme.key).order_by("-number").first()
        if newest and newest.content_hash == digest:
            return newest
        version = SchemeVersion.objects.create(
            key=scheme.key,
            number=newest.number + 1 if newest else 1,
            title=scheme.title,
            definition=definition,
            content_hash=digest,
            released_at=now,
            released_by=by,
        )
        audit.record(
            action="scheme.released",
            target=f"assessments.scheme:{version.key}",
            by=by,
            now=now,
            number=version.number,
            content_hash=digest,
        )
    return version


def newest_scheme(key: str) -> SchemeVersion:
    """The release that decides now. Raises Refusal for an unknown key."""
    version = SchemeVersion.objects.newest().filter(key=key).first()
    if version is None:
        raise Refusal(_("There is no scheme %(key)s.") % {"key": key}, code="unknown_scheme")
    return version


def _parse(definition: Mapping[str, Any]) -> SchemeDefinition:
    try:
        return parse_scheme(definition)
    except SchemeInvalid as error:
        raise refusal_of(error, about=str(definition.get("key", ""))) from error


def _check_view(scheme: SchemeDefinition) -> None:
    if scheme.view not in views():
        raise Refusal(_("There is no view %(view)s.") % {"view": scheme.view}, code="unknown_view")


def _check_title(scheme: SchemeDefinition) -> None:
    if len(scheme.title) > TITLE_LENGTH:
        text = _("The text is longer than %(most)s characters.") % {"most": TITLE_LENGTH}
        raise Refusal(f"title: {text}", code="invalid")


def _check_subjects(definition: Mapping[str, Any]) -> None:
    missing = [subject for _where, subject in unknown_subjects(definition)]
    if missing:
        raise Refusal(
            _("Release these first, a rule asks for them: %(subjects)s.") % {"subjects": ", ".join(missing)},
            code="unknown_subject",
        )

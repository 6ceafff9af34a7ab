"""What may be done about a certificate on its page: each with its consequences, before anybody presses."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from certificates.correcting import propose_correction
from certificates.life.forms import CorrectionForm, RestoringForm, RevocationForm, StepForm, SuspensionForm
from certificates.life.table import may_follow
from certificates.models import Certificate, EventKind
from certificates.revoking import revoke_certificate
from certificates.standing import Standing
from certificates.suspending import restore_certificate, suspend_certificate
from people.models import Person


@dataclass(frozen=True)
class Action:
    """A step offered: `key` ends its address, `kind` is the event it comes to; `said` tells that it was done."""

    key: str
    kind: EventKind
    title: str | Promise
    consequences: str | Promise
    press: str | Promise
    said: str | Promise
    form_class: type[forms.Form]
    is_grave: bool = False

    def form(self, data: Mapping[str, Any] | None = None) -> forms.Form:
        """Its form, with ids of its own: several stand on one page."""
        return self.form_class(data, auto_id=f"{self.key}_%s")


RESTORE = Action(
    "restore",
    EventKind.RESTORED,
    _("Restore the certificate"),
    _(
        "It is valid again from now on, as far as its dates go. The public page shows it at once; the holder is told."
    ),
    _("Restore this certificate"),
    _("Restored. The public page shows it from now on."),
    RestoringForm,
)
SUSPEND = Action(
    "suspend",
    EventKind.SUSPENDED,
    _("Suspend the certificate"),
    _(
        "It is not valid while a question about it is open. The public page says so at once, with the reason; "
        "the holder is told. Restoring undoes it."
    ),
    _("Suspend this certificate"),
    _("Suspended. The public page shows it from now on."),
    SuspensionForm,
)
CORRECT = Action(
    "correct",
    EventKind.SUPERSEDED,
    _("Correct the certificate"),
    _(
        "A new certificate with its own number takes its place: the same decision, the same results, the same days. "
        "Name, ID number, picture and the mentor's name are read from the accounts again. A second person approves; "
        "until then this one stays valid, afterwards its public page names the new number."
    ),
    _("Propose the correction"),
    _("Proposed. Somebody else approves it."),
    CorrectionForm,
)
REVOKE = Action(
    "revoke",
    EventKind.REVOKED,
    _("Revoke"),
    _("Revoking is final and shows on the public page at once. The holder is told the reason."),
    _("Revoke this certificate"),
    _("Revoked. The public page shows it from now on."),
    RevocationForm,
    is_grave=True,
)
ACTIONS = (RESTORE, SUSPEND, CORRECT, REVOKE)
STEPS: dict[str, Callable[..., object]] = {
    SUSPEND.key: suspend_certificate,
    RESTORE.key: restore_certificate,
    REVOKE.key: revoke_certificate,
}


def offered(standing: Standing) -> Sequence[Action]:
    """The actions that a certificate which stands like this allows."""
    return [action for action in ACTIONS if may_follow(standing, action.kind)]


def take(action: Action, certificate: Certificate, form: forms.Form, *, by: Person, now: datetime) -> None:
    """Do it with what was filled in. Raises what the operations raise."""
    if isinstance(form, StepForm):
        reason, note = form.chosen_reason(), form.cleaned_data["note"]
        STEPS[action.key](certificate=certificate, reason=reason, note=note, by=by, now=now)
    else:
        propose_correction(certificate=certificate, why=form.cleaned_data["why"], by=by, now=now)

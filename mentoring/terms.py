"""The words of mentoring, and its rules as data: who may lead whom, and what may follow what."""

from __future__ import annotations

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Tier(TextChoices):
    """资深, 骨干, 新任."""

    SENIOR = "senior", pgettext_lazy("tier", "Senior")
    BACKBONE = "backbone", pgettext_lazy("tier", "Backbone")
    NEW = "new", pgettext_lazy("tier", "New")


# A mentor leads exactly the next tier down. A cycle would need a tier above itself, so there is none.
MAY_LEAD: dict[Tier, frozenset[Tier]] = {
    Tier.SENIOR: frozenset({Tier.BACKBONE}),
    Tier.BACKBONE: frozenset({Tier.NEW}),
    Tier.NEW: frozenset(),
}


class PairingKind(TextChoices):
    """One mentor for the whole post, or one for a single field beside the other."""

    GENERAL = "general", _("General mentoring")
    SPECIAL = "special", _("Mentoring in one field")


class PairingStatus(TextChoices):
    """Where a pairing stands."""

    PROPOSED = "proposed", _("Waiting for signatures")
    ACTIVE = "active", pgettext_lazy("pairing", "Under way")
    COMPLETED = "completed", pgettext_lazy("pairing", "Completed")
    DISSOLVED = "dissolved", pgettext_lazy("pairing", "Dissolved")


PAIRING_STEPS: dict[PairingStatus, frozenset[PairingStatus]] = {
    PairingStatus.PROPOSED: frozenset({PairingStatus.ACTIVE, PairingStatus.DISSOLVED}),
    PairingStatus.ACTIVE: frozenset({PairingStatus.COMPLETED, PairingStatus.DISSOLVED}),
    PairingStatus.COMPLETED: frozenset(),
    PairingStatus.DISSOLVED: frozenset(),
}


class PairingResult(TextChoices):
    """The unit's verdict at the end. 延期 closes this agreement; the three months more are a new one."""

    EXCELLENT = "excellent", pgettext_lazy("pairing result", "Excellent")
    PASSED = "passed", pgettext_lazy("pairing result", "Passed")
    EXTENDED = "extended", pgettext_lazy("pairing result", "Extended")
    FAILED = "failed", pgettext_lazy("pairing result", "Not passed")
    DISSOLVED = "dissolved", pgettext_lazy("pairing result", "Dissolved early")


# Which results an ending may carry; a pairing that has not ended carries none.
RESULTS: dict[PairingStatus, frozenset[PairingResult]] = {
    PairingStatus.PROPOSED: frozenset(),
    PairingStatus.ACTIVE: frozenset(),
    PairingStatus.COMPLETED: frozenset(PairingResult) - {PairingResult.DISSOLVED},
    PairingStatus.DISSOLVED: frozenset({PairingResult.DISSOLVED}),
}


class Method(TextChoices):
    """帮带六法."""

    CASE = "case", _("Case analysis")
    ASSIGNMENT = "assignment", pgettext_lazy("method", "Assignment")
    HANDS_ON = "hands_on", _("Hands-on practice")
    ON_SITE = "on_site", _("Teaching on site")
    SIMULATION = "simulation", _("Situation exercise")
    REVIEW = "review", _("Looking back")


class SessionStatus(TextChoices):
    """A session counts when both sides stand by it."""

    WRITTEN = "written", _("Waiting for confirmation")
    CHANGE_ASKED = "change_asked", _("A change was asked for")
    CONFIRMED = "confirmed", _("Confirmed by both")


SESSION_STEPS: dict[SessionStatus, frozenset[SessionStatus]] = {
    SessionStatus.WRITTEN: frozenset({SessionStatus.CONFIRMED, SessionStatus.CHANGE_ASKED}),
    SessionStatus.CHANGE_ASKED: frozenset({SessionStatus.WRITTEN}),
    SessionStatus.CONFIRMED: frozenset(),
}


class Judgement(TextChoices):
    """What the mentor says of one goal."""

    REACHED = "reached", pgettext_lazy("judgement", "Reached")
    NOT_YET = "not_yet", pgettext_lazy("judgement", "Not yet")

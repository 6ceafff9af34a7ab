"""Standings, pairings, goals, sessions and endorsements. Free text sits in columns or tables that can be erased."""

from __future__ import annotations

from datetime import datetime

from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from core.appendonly import AppendOnlyModel
from core.constraints import in_order, not_the_same, one_of, within
from mentoring.terms import (
    MAY_LEAD,
    RESULTS,
    Method,
    PairingKind,
    PairingResult,
    PairingStatus,
    SessionStatus,
    Tier,
)
from people.models import Person, ScopeGrant

GRANT_KIND = "pairing"
MINUTES = (1, 600)
SIGNATURES = ("mentor_signed_on", "mentee_signed_on", "unit_signed_on")
OPEN = (PairingStatus.PROPOSED, PairingStatus.ACTIVE)


class MentorStanding(models.Model):
    """A participant's tier, and how many mentees they may lead at once (0: none)."""

    person = models.OneToOneField(Person, on_delete=models.PROTECT, related_name="mentor_standing")
    tier = models.CharField(_("tier"), max_length=16, choices=Tier)
    capacity = models.PositiveSmallIntegerField(_("capacity"), default=0)

    class Meta:
        constraints = [one_of("tier", Tier), within("capacity", 0, 99)]


class PairingQuerySet(models.QuerySet):
    """Pairings by state and by who may see them."""

    def active(self) -> PairingQuerySet:
        """Under way now. An ended pairing is never active again, whatever the clock says."""
        return self.filter(status=PairingStatus.ACTIVE)

    def visible_to(self, viewer: Person, *, at: datetime) -> PairingQuerySet:
        """The viewer's own pairings as mentee, and those whose grant the viewer still holds as mentor."""
        held = ScopeGrant.objects.active(at=at).filter(
            viewer=viewer, kind=GRANT_KIND, subject=OuterRef("mentee"), reason=OuterRef("agreement_no")
        )
        return self.filter(Q(mentee=viewer) | Exists(held))


class Pairing(models.Model):
    """师徒结对: one agreement, signed by mentor, mentee and unit. Holds no names and no free text but the area."""

    agreement_no = models.CharField(_("agreement number"), max_length=40, unique=True)
    kind = models.CharField(_("kind"), max_length=16, choices=PairingKind, default=PairingKind.GENERAL)
    area = models.CharField(_("field of mentoring"), max_length=60, blank=True)
    mentor = models.ForeignKey(
        Person, on_delete=models.PROTECT, related_name="pairings_as_mentor", verbose_name=_("mentor")
    )
    mentee = models.ForeignKey(
        Person, on_delete=models.PROTECT, related_name="pairings_as_mentee", verbose_name=_("mentee")
    )
    mentor_tier = models.CharField(_("mentor's tier"), max_length=16, choices=Tier)
    mentee_tier = models.CharField(_("mentee's tier"), max_length=16, choices=Tier)
    since_on = models.DateField(_("agreed from"))
    until_on = models.DateField(_("agreed until"), null=True, blank=True)
    mentor_signed_on = models.DateField(_("signed by the mentor"), null=True, blank=True)
    mentee_signed_on = models.DateField(_("signed by the mentee"), null=True, blank=True)
    unit_signed_on = models.DateField(_("signed by the unit"), null=True, blank=True)
    status = models.CharField(
        _("state"), max_length=16, choices=PairingStatus, default=PairingStatus.PROPOSED
    )
    result = models.CharField(_("result"), max_length=16, choices=PairingResult, blank=True)
    started_at = models.DateTimeField(_("begun at"), null=True, blank=True)
    ended_at = models.DateTimeField(_("ended at"), null=True, blank=True)

    objects = PairingQuerySet.as_manager()

    class Meta:
        verbose_name = _("pairing")
        verbose_name_plural = _("pairings")
        constraints = [
            one_of("kind", PairingKind),
            one_of("mentor_tier", Tier),
            one_of("mentee_tier", Tier),
            one_of("status", PairingStatus),
            in_order("since_on", "until_on"),
            in_order("started_at", "ended_at"),
            not_the_same("mentor", "mentee"),
            models.UniqueConstraint(
                fields=["mentee", "kind"],
                condition=Q(status=PairingStatus.ACTIVE),
                name="%(app_label)s_%(class)s_one_active_per_kind",
            ),
            models.CheckConstraint(
                condition=Q(
                    *(
                        Q(mentor_tier=mentor, mentee_tier__in=sorted(led))
                        for mentor, led in MAY_LEAD.items()
                        if led
                    ),
                    _connector=Q.OR,
                ),
                name="%(app_label)s_%(class)s_next_tier_down",
            ),
            models.CheckConstraint(
                condition=~Q(status=PairingStatus.ACTIVE)
                | Q(started_at__isnull=False, **{f"{field}__isnull": False for field in SIGNATURES}),
                name="%(app_label)s_%(class)s_active_is_signed",
            ),
            models.CheckConstraint(
                condition=Q(
                    *(
                        Q(status=status, result__in=sorted(RESULTS[status]) or [""])
                        for status in PairingStatus
                    ),
                    _connector=Q.OR,
                ),
                name="%(app_label)s_%(class)s_result_fits_status",
            ),
            models.CheckConstraint(
                condition=Q(status__in=OPEN, ended_at__isnull=True)
                | (~Q(status__in=OPEN) & Q(ended_at__isnull=False)),
                name="%(app_label)s_%(class)s_ended_has_a_time",
            ),
        ]

    def __str__(self) -> str:
        return self.agreement_no

    def has_side(self, person: Person) -> bool:
        """Whether this person is the mentor or the mentee."""
        return person.pk in (self.mentor_id, self.mentee_id)


class PairingGoal(models.Model):
    """What the mentee should reach: a leaf competency, its score 0..100, and what that means in work."""

    pairing = models.ForeignKey(Pairing, on_delete=models.PROTECT, related_name="goals")
    leaf = models.CharField(max_length=8)
    target = models.PositiveSmallIntegerField()
    text = models.CharField(max_length=200)

    class Meta:
        constraints = [within("target", 0, 100)]


class SessionLog(models.Model):
    """One meeting (帮带记录): written by one side, confirmed by the other; its words are in SessionText.

    `key` comes from the form, so that a repeated submit is the same session.
    """

    pairing = models.ForeignKey(Pairing, on_delete=models.PROTECT, related_name="sessions")
    key = models.UUIDField()
    held_on = models.DateField()
    minutes = models.PositiveSmallIntegerField()
    method = models.CharField(max_length=16, choices=Method)
    status = models.CharField(max_length=16, choices=SessionStatus, default=SessionStatus.WRITTEN)
    written_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    written_at = models.DateTimeField()
    confirmed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["pairing", "key"], name="%(app_label)s_%(class)s_once"),
            one_of("method", Method),
            one_of("status", SessionStatus),
            within("minutes", *MINUTES),
            in_order("written_at", "confirmed_at"),
            models.CheckConstraint(
                condition=Q(status=SessionStatus.CONFIRMED, confirmed_at__isnull=False)
                | (~Q(status=SessionStatus.CONFIRMED) & Q(confirmed_at__isnull=True)),
                name="%(app_label)s_%(class)s_confirmed_has_a_time",
            ),
        ]


class SessionText(models.Model):
    """What was done, and what the other side asks to be changed. Erasable."""

    session = models.OneToOneField(SessionLog, on_delete=models.CASCADE, related_name="words")
    text = models.TextField()
    comment = models.TextField(blank=True)


class Endorsement(AppendOnlyModel):
    """导师推荐: a mentor's dated judgement on named goals, without its words.

    `judgements` maps a goal's id (text) to a Judgement; `content_hash` covers agreement, goals, judgements and
    the words' hash, so the row proves what was said even after the words were erased.
    """

    pairing = models.ForeignKey(Pairing, on_delete=models.PROTECT, related_name="endorsements")
    endorsed_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    endorsed_at = models.DateTimeField()
    judgements = models.JSONField()
    all_reached = models.BooleanField()
    content_hash = models.CharField(max_length=64)


class EndorsementText(models.Model):
    """The mentor's words. Erasable."""

    endorsement = models.OneToOneField(Endorsement, on_delete=models.PROTECT, related_name="words")
    text = models.TextField()

"""What the forms of a situation and of an ending ask: the two parts a scenario has many of."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from simulations.authoring.fields import (
    CONDITION,
    NUMBER,
    PICK,
    POINTS,
    SEVERAL,
    TEXT,
    TICKS,
    Field,
    Label,
    Rows,
    Sheet,
)
from simulations.authoring.offers import Offers


def ending_sheet(offers: Offers) -> Sheet:
    """The form of an ending."""
    return (
        Field("title", _("Title")),
        Field("cond", _("Reached at the end when"), CONDITION,
              help=_("“Always”: when no other holds. Empty: only where a way or a stop leads here.")),
        Field("factor", _("What came of it counts (0–1)"), NUMBER),
        Field("cap", _("Total at most (0–100)"), NUMBER),
        Field("debrief", _("What is said after it"), TEXT, lines=4),
        Field("debrief_early", _("What is said instead when it came early"), TEXT, lines=3),
        *(Field(f"seen.{key}", name, TEXT, lines=2, group="seen") for key, name in offers.seats),
    )  # fmt: skip


def node_sheet(offers: Offers) -> Sheet:
    """The form of a situation with its choices."""
    return (
        Field("title", _("Title")),
        Field("stage", _("Stage")),
        Field("text", _("The situation"), TEXT, lines=4),
        _effects("enter", _("What happens on entering"), offers),
        _choices(offers),
        _routes(offers, _("Where it leads unless a choice says otherwise")),
        *_besides(offers),
    )


def _choices(offers: Offers) -> Rows:
    fields = (
        Field("text", _("What one can do"), TEXT, lines=2),
        Field("feedback", _("What one is told as soon as it is chosen"), TEXT, lines=2),
        Field("cond", _("Only where"), CONDITION),
        _effects("effects", _("Effects"), offers),
        *(Field(f"score.{key}", name, POINTS, group="score") for key, name in offers.dimensions),
        Field("set", _("Sets these flags"), TICKS, offers.flags, group="marks"),
        Field("clear", _("Takes these flags away"), TICKS, offers.flags, group="marks"),
        _routes(offers, _("Where it leads")),
        *_besides(offers),
    )
    return Rows(
        "choices", _("Choices"), fields, one=_("Choice"), more=_("Add a choice"), key="id", keeps_empty=True,
    )  # fmt: skip


def _effects(name: str, label: Label, offers: Offers) -> Rows:
    fields = (
        Field("var", _("Variable"), PICK, offers.variables),
        Field("add", _("more or less"), NUMBER),
        Field("cond", _("only where"), CONDITION),
    )
    return Rows(name, label, fields, one=_("Effect"), more=_("Add an effect"), group="effects")


def _routes(offers: Offers, label: Label) -> Rows:
    fields = (
        Field("to", pgettext_lazy("scenario", "To"), PICK, offers.targets),
        Field("cond", _("only where"), CONDITION),
    )
    return Rows(
        "next", label, fields, one=_("Way"), more=_("Add a way"), form="routes", group="routes",
        help=_("The first whose condition holds. None: as the situation says."),
    )  # fmt: skip


def _besides(offers: Offers) -> Sheet:
    """What a situation cites, and how it looks from each seat."""
    return (
        Field("cites", _("Cites"), SEVERAL, offers.cites, group="cites"),
        *(Field(f"seen.{key}", name, TEXT, lines=2, group="seen") for key, name in offers.seats),
    )

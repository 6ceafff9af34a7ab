"""What a form of a scenario asks: for every part its fields, in the words an author reads.

A sheet is data. `filling` fills it from a document and reads it back; `comparing` names with it what changed.
"""

from __future__ import annotations

from collections.abc import Callable

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from simulations.authoring.fields import (
    CONDITION,
    LINES,
    NUMBER,
    PICK,
    TEXT,
    TICKS,
    YES,
    Field,
    Label,
    Rows,
    Sheet,
)
from simulations.authoring.offers import Offers
from simulations.authoring.situations import ending_sheet, node_sheet
from simulations.engine.document import EARLY_UNTIL
from simulations.engine.editing import Part
from simulations.engine.scenario import MONEY


def sheet_of(part: Part, offers: Offers) -> Sheet:
    """The sheet of a part. Raises KeyError for a kind that has none."""
    return SHEETS[part.kind](offers)


def _head(offers: Offers) -> Sheet:
    return (
        Field("title", _("Title")),
        Field(
            "minutes", _("Minutes a run usually takes"), NUMBER, help=_("Empty: three for every situation.")
        ),
        Field(
            "hours", _("Learning hours for passing"), NUMBER, help=_("Empty: worked out from the minutes.")
        ),
        Field(
            "resources",
            _("What runs out"),
            TICKS,
            offers.variables,
            help=_("Nobody can choose what costs more of it than is left."),
            default=[MONEY],
        ),
        Field("chain", _("Policy chain of the pack"), PICK, offers.chains, empty=_("none")),
        Field(
            "early_until",
            _("Until this situation endings speak their early text"),
            PICK,
            offers.nodes,
            default=EARLY_UNTIL,
        ),
        *_scoring(offers),
    )


def _scoring(offers: Offers) -> Sheet:
    roles = "scoring.roles."
    return (
        Field("scoring.view", _("Competency view that judges a run"), PICK, offers.views, group="marks", default="A"),
        Field("scoring.pass_total", _("Total needed to pass"), NUMBER, group="marks", default=60),
        Field("scoring.pass_dim", _("Needed on every axis"), NUMBER, group="marks", default=50),
        Field(f"{roles}compliance", _("Variable for compliance"), PICK, offers.variables, group="marks",
              default="comp"),
        Field(f"{roles}time", _("Variable for time left"), PICK, offers.variables, group="marks", default="days",
              empty=_("none: only compliance counts")),
        Field(f"{roles}time_in_hand", _("So much time left is worth full marks"), NUMBER, group="marks", default=30),
        Field(f"{roles}outcome", _("Variables for what came of it"), TICKS, offers.variables, group="marks",
              default=["sat", "trust"]),
        Field("scoring.fail_endings", _("Endings that are never a pass"), TICKS, offers.endings, group="marks"),
        *(Field(f"scoring.{key}", _("Deeds of which ending E3 needs one"), TICKS, offers.flags, group="marks")
          for key in offers.short_needs),
        Rows(
            "scoring.requires_any",
            _("Endings that count only after a deed"),
            (
                Field("ending", _("Ending"), PICK, offers.endings),
                Field("flags", _("One of these must have happened"), TICKS, offers.flags),
            ),
            one=_("Ending"),
            more=_("Add an ending"),
            form="needs",
            group="marks",
        ),
    )  # fmt: skip


def _vars(offers: Offers) -> Sheet:
    fields = (
        Field(
            "name",
            pgettext_lazy("scenario", "Name"),
            help=_("A unit may follow in brackets: 工作经费（万元）."),
        ),
        Field("init", _("At the start"), NUMBER),
        Field("lo", _("Least"), NUMBER),
        Field("hi", _("Most"), NUMBER),
        Field("vis", _("Seen while playing"), YES, default=True),
        Field("note", pgettext_lazy("scenario", "Remark")),
    )
    unit = _("A unit may follow in brackets: 工作经费（万元）.")
    return (
        Rows(
            "vars", _("Variables"), fields, one=_("Variable"), more=_("Add a variable"), form="table", prefix="v",
            help=unit,
        ),
    )  # fmt: skip


def _flags(offers: Offers) -> Sheet:
    fields = (Field("name", _("What has happened")),)
    return (
        Rows(
            "flags", _("Flags"), fields, one=_("Flag"), more=_("Add a flag"), form="names", prefix="f",
            help=_("Such as 已逐户入户建档."),
        ),
    )  # fmt: skip


def _stakeholders(offers: Offers) -> Sheet:
    fields = (
        Field("name", pgettext_lazy("person", "Name")),
        Field("role", _("Who it is")),
        Field("stance", _("What they want, what they fear"), TEXT, lines=2),
    )
    return (
        Rows("stakeholders", _("Stakeholders"), fields, one=_("Stakeholder"), more=_("Add a stakeholder")),
    )


def _seats(offers: Offers) -> Sheet:
    fields = (
        Field("name", pgettext_lazy("person", "Name")),
        Field("intro", _("How they introduce themselves"), TEXT, lines=4),
    )
    return (
        Rows(
            "seats", pgettext_lazy("scenario", "Seats"), fields, one=pgettext_lazy("scenario", "Seat"),
            more=_("Add a seat"), key="key", prefix="seat",
            help=_("From a seat the story is told again after the end; its texts are on the forms of situations."),
        ),
    )  # fmt: skip


def _lenses(offers: Offers) -> Sheet:
    weights = tuple(
        Field(f"weights.{key}", label, NUMBER, group="weights") for key, label in offers.variables
    )
    endings = tuple(Field(f"endings.{key}", label, NUMBER, group="endings") for key, label in offers.endings)
    fields = (
        Field("name", _("Whose eyes")),
        *weights,
        Field("ending_weight", _("Weight of the ending (0–10)"), NUMBER),
        *endings,
    )
    return (
        Rows(
            "lenses", _("Lenses"), fields, one=_("Lens"), more=_("Add a lens"), key="key", prefix="lens",
            help=_("Weights from −10 to 10: negative where they want it low. Endings from 0 to 100."),
        ),
    )  # fmt: skip


def _global_end(offers: Offers) -> Sheet:
    fields = (
        Field("cond", _("As soon as"), CONDITION),
        Field("end", _("it ends with"), PICK, offers.endings),
    )
    return (Rows("global_end", _("Stops"), fields, one=_("Stop"), more=_("Add a stop")),)


def _guide(offers: Offers) -> Sheet:
    flow = (Field("minutes", _("Minutes"), NUMBER), Field("what", _("What the group does"), TEXT, lines=2))
    return (
        Field("guide.purpose", _("What participants take home"), TEXT, lines=3),
        Field("guide.audience", _("For whom"), TEXT, lines=2),
        Field("guide.minutes", _("Minutes in all"), NUMBER),
        Field("guide.preparation", _("To prepare, one thing per line"), LINES, lines=4),
        Rows("guide.flow", _("How the session goes"), flow, one=_("Step"), more=_("Add a step")),
        Field("guide.questions", _("Questions to discuss, one per line"), LINES, lines=4),
        Field("guide.watch", _("What to watch for, one thing per line"), LINES, lines=4),
    )


def _sources(offers: Offers) -> Sheet:
    fields = (
        Field("use", _("Where the story uses it")),
        Field("claim", _("What is claimed"), TEXT, lines=2),
        Field("where", _("Where it stands"), TEXT, lines=2),
        Field("confidence", _("How sure it is")),
    )
    return (Rows("sources", _("Sources"), fields, one=_("Source"), more=_("Add a source")),)


SHEETS: dict[str, Callable[[Offers], Sheet]] = {
    "head": _head,
    "vars": _vars,
    "flags": _flags,
    "stakeholders": _stakeholders,
    "seats": _seats,
    "lenses": _lenses,
    "global_end": _global_end,
    "guide": _guide,
    "sources": _sources,
    "node": node_sheet,
    "ending": ending_sheet,
}
TITLES: dict[str, Label] = {
    "head": _("Scenario and marks"),
    "vars": _("Variables"),
    "flags": _("Flags"),
    "stakeholders": _("Stakeholders"),
    "seats": pgettext_lazy("scenario", "Seats"),
    "lenses": _("Lenses"),
    "global_end": _("Stops"),
    "guide": _("Facilitator guide"),
    "sources": _("Sources"),
    "node": _("Situation"),
    "ending": _("Ending"),
}
"""What the forms are called."""

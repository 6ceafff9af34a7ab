"""What a node of a proof says, in the reader's language."""

from __future__ import annotations

from decimal import Decimal

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from assessments.deciding import AxisProof, ProofNode
from assessments.items.checking import as_text

SCORED = frozenset({"exam", "scenario"})


def have_text(node: ProofNode, way: frozenset[str]) -> str:
    """What is there: "得分 86%", "还差 1 项"; `way` names the leaf rules on the cheapest way."""
    if node.children:
        return _group_text(node, way)
    if node.kind in SCORED:
        axes = node.axes if node.have is not None else ()  # of what was never sat there is nothing to measure
        return _(", ").join([_score_text(node), *map(axis_text, axes)])
    if node.kind == "practice":
        have, need = as_text(node.have or Decimal(0)), as_text(node.need)
        return _("%(have)s of %(need)s hours") % {"have": have, "need": need}
    return _PRESENT[node.kind][node.met]()


def _score_text(node: ProofNode) -> str:
    """Marks are percent of the points, in the rule and in what was reached."""
    if node.have is not None:
        return _("%(percent)s%% of the points") % {"percent": as_text(node.have)}
    if node.is_exempt:
        return _("exempt by a recognised certificate")
    return _("not sat yet") if node.kind == "exam" else _("not played yet")


def axis_text(axis: AxisProof) -> str:
    """An axis with what was reached, and what is asked where that is more; never 0 for no evidence."""
    values = {"axis": axis.title, "need": as_text(axis.need)}
    if axis.have is None:
        return _("%(axis)s: not enough evidence (%(need)s%% needed)") % values
    values["have"] = as_text(axis.have)
    if axis.met:
        return _("%(axis)s %(have)s%%") % values
    return _("%(axis)s %(have)s%% (%(need)s%% needed)") % values


def age_note(node: ProofNode) -> str:
    """What was lost by age, or until when what there is counts; "" where a rule has no age."""
    if node.too_old:
        return _too_old_text(node)
    if node.until:
        return _("counts until %(day)s") % {"day": date_format(node.until)}
    return ""


def _too_old_text(node: ProofNode) -> str:
    months = node.max_age_months or 0
    last = node.too_old[-1]
    values = {"day": date_format(last.on), "months": months}
    if node.kind == "practice":
        values["hours"] = as_text(sum((each.have or Decimal(0) for each in node.too_old), Decimal(0)))
        return _("%(hours)s hours up to %(day)s are more than %(months)s months old") % values
    if node.kind in SCORED and last.have is not None:
        values["percent"] = as_text(last.have)
        return _("%(percent)s%% of %(day)s is more than %(months)s months old") % values
    return _("the one of %(day)s is more than %(months)s months old") % values


def _group_text(node: ProofNode, way: frozenset[str]) -> str:
    if node.met:
        return _("met")
    short = _leaves_left(node, way)
    return ngettext("%(count)s still missing", "%(count)s still missing", short) % {"count": short}


def _leaves_left(node: ProofNode, way: frozenset[str]) -> int:
    """Unmet leaf rules as pages count them everywhere: those on the cheapest way; off it, the fewest that would do."""
    if node.met:
        return 0
    if not node.children:
        return 1
    on_the_way = sum(leaf.rule in way for leaf in node.leaves())
    if on_the_way:
        return on_the_way
    short = int(node.need - (node.have or 0))
    return sum(sorted(_leaves_left(child, way) for child in node.children if not child.met)[:short])


_PRESENT = {
    "course": (lambda: _("not finished yet"), lambda: _("finished")),
    "endorsement": (lambda: _("not endorsed yet"), lambda: _("endorsed")),
    "certificate": (lambda: _("no certificate yet"), lambda: _("certificate recognised")),
}

"""The figures of marking as pages say them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext

from assessments.marking.plans import PlanTerms
from assessments.marking.settling import Round
from assessments.marking.tallies import AnchorTally
from assessments.statistics.agreement import Agreement

ROUND_NAMES: dict[Round, str | Promise] = {
    Round.FIRST: gettext_lazy("First marking"),
    Round.SECOND: gettext_lazy("Second marking"),
    Round.THIRD: gettext_lazy("Adjudication"),
    Round.RECHECK: gettext_lazy("Recheck"),
}


def round_name(round: Round) -> str:
    return str(ROUND_NAMES[round])


def long_span(span: timedelta) -> str:
    """Days, hours or minutes, whichever is the largest that is not 0: nobody needs it finer."""
    minutes = int(span.total_seconds()) // 60
    if minutes >= 2 * 24 * 60:
        return ngettext("%(count)d day", "%(count)d days", minutes // (24 * 60)) % {
            "count": minutes // (24 * 60)
        }
    if minutes >= 60:
        return ngettext("%(count)d hour", "%(count)d hours", minutes // 60) % {"count": minutes // 60}
    return ngettext("%(count)d minute", "%(count)d minutes", minutes) % {"count": minutes}


def agreement_facts(agreement: Agreement) -> list[tuple[str, str]]:
    """How far first and second marks agree; [] where nothing was marked twice."""
    if not agreement.pairs:
        return []
    return [
        (_("Marked twice"), str(agreement.pairs)),
        (_("Same mark"), _percent(agreement.exact)),
        (_("At most 1 point apart"), _percent(agreement.adjacent)),
        (_("Weighted kappa"), _kappa(agreement)),
    ]


def plan_facts(terms: PlanTerms) -> list[tuple[str, str]]:
    """The terms on which an exam is marked, for those who do not set them."""
    due = date_format(timezone.localtime(terms.due_at), "DATETIME_FORMAT") if terms.due_at else _("no date")
    return [
        (_("Scripts in hand at most"), str(terms.hold)),
        (_("A script stays in hand for"), long_span(terms.lease)),
        (_("Time to take marks back"), long_span(terms.undo) if terms.undo else _("none")),
        (_("Scripts one marker marks at most"), str(terms.quota or _("as many as there are"))),
        (_("To be marked by"), due),
    ]


def anchor_words(tally: AnchorTally) -> str:
    """“+0.50 (3 anchors)”: on which side of the agreed marks, and from how many."""
    said = ngettext("%(difference)s (%(count)d anchor)", "%(difference)s (%(count)d anchors)", tally.count)
    sign = "+" if tally.difference > 0 else ""
    return said % {"difference": f"{sign}{tally.difference:.2f}", "count": tally.count}


def rounds_words(rounds: Mapping[Round, int]) -> str:
    """How many marks in which round, where there is more than one."""
    if len(rounds) < 2:
        return ""
    return pgettext("list", ", ").join(
        f"{round_name(each)} {count}" for each, count in sorted(rounds.items())
    )


def _percent(share: float | None) -> str:
    return "–" if share is None else f"{share:.0%}"


def _kappa(agreement: Agreement) -> str:
    kappa = agreement.kappa
    if kappa is None:
        return _("cannot be told from so few answers, or marks that are all the same")
    if kappa.interval is None:
        return f"{kappa.value:.2f}" + _(" (too few answers for an interval)")
    return f"{kappa.value:.2f}" + _(" (%(low)s to %(high)s)") % {
        "low": f"{kappa.interval.low:.2f}",
        "high": f"{kappa.interval.high:.2f}",
    }

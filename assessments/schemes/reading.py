"""Rules as sentences: what a scheme asks for, said so that nobody has to know how it is stored."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from assessments.deciding.rules import LEAVES
from assessments.items.checking import as_decimal, as_text
from competencies.framework import views
from competencies.models import Subject

Titles = Mapping[tuple[str, str], str]
"""Subject titles by kind and key."""


def titles_for(rules: Iterable[Mapping[str, Any]]) -> Titles:
    """The titles of everything these rules are about. One query."""
    asked = [rule.get("subject") for rule in rules]
    found = Subject.objects.filter(key__in={key for key in asked if isinstance(key, str)})
    return {(kind, key): title for kind, key, title in found.values_list("kind", "key", "title")}


def kind_of_subject(rule: Mapping[str, Any]) -> str:
    """Which kind of subject a rule asks evidence about; "" for any."""
    leaf = LEAVES.get(str(rule.get("kind")))
    return str(rule.get("subject_kind", leaf.subject_kind if leaf else ""))


def rule_text(rule: Mapping[str, Any], titles: Titles, view_ref: object) -> str:
    """What a rule asks for, in a sentence; of a group, how many of what it holds."""
    say = _SENTENCES.get(str(rule.get("kind")))
    if say is None:
        return ""
    parts = [say(rule, _title(rule, titles)), *_axes(rule, view_ref)]
    if rule.get("must_pass"):
        parts.append(_("passed as the activity itself has it"))
    if rule.get("max_age_months"):
        parts.append(_("not older than %(months)s months") % {"months": rule["max_age_months"]})
    return _(", ").join(parts)


def _title(rule: Mapping[str, Any], titles: Titles) -> str:
    key = str(rule.get("subject", ""))
    return titles.get((kind_of_subject(rule), key), key or _("(nothing chosen yet)"))


def _axes(rule: Mapping[str, Any], view_ref: object) -> list[str]:
    needs, view = rule.get("axes"), views().get(str(view_ref))
    if not isinstance(needs, Mapping):
        return []
    names = {axis.key: axis.title for axis in view.axes} if view else {}
    return [
        _("%(axis)s at least %(percent)s%%") % {"axis": names.get(key, key), "percent": _number(need)}
        for key, need in needs.items()
    ]


def _number(value: object) -> str:
    number = as_decimal(value)
    return "?" if number is None else as_text(number)


def _all(rule: Mapping[str, Any], title: str) -> str:
    return _("everything below")


def _any(rule: Mapping[str, Any], title: str) -> str:
    return _("at least one of those below")


def _at_least(rule: Mapping[str, Any], title: str) -> str:
    least = rule.get("n")
    count = least if isinstance(least, int) else 0
    return ngettext("at least %(count)s of those below", "at least %(count)s of those below", count) % {
        "count": count or "?"
    }


def _exam(rule: Mapping[str, Any], title: str) -> str:
    said = {"title": title, "percent": _number(rule.get("mark"))}
    return _("exam “%(title)s”: at least %(percent)s%% of the points") % said


def _scenario(rule: Mapping[str, Any], title: str) -> str:
    said = {"title": title, "percent": _number(rule.get("mark"))}
    return _("simulation “%(title)s”: at least %(percent)s%% of the points") % said


def _course(rule: Mapping[str, Any], title: str) -> str:
    return _("course “%(title)s” finished") % {"title": title}


def _endorsement(rule: Mapping[str, Any], title: str) -> str:
    if rule.get("subject"):
        return _("endorsed by the mentor of “%(title)s”") % {"title": title}
    return _("endorsed by the mentor")


def _practice(rule: Mapping[str, Any], title: str) -> str:
    hours = {"hours": _number(rule.get("hours")), "title": title}
    if rule.get("subject"):
        return _("%(hours)s hours of practice under “%(title)s”") % hours
    return _("%(hours)s hours of practice") % hours


def _certificate(rule: Mapping[str, Any], title: str) -> str:
    if rule.get("subject_kind") == "scheme":
        return _("our certificate “%(title)s”") % {"title": title}
    return _("a recognised prior certificate “%(title)s”") % {"title": title}


_SENTENCES = {
    "all": _all,
    "any": _any,
    "at_least": _at_least,
    "exam": _exam,
    "scenario": _scenario,
    "course": _course,
    "endorsement": _endorsement,
    "practice": _practice,
    "certificate": _certificate,
}

"""What a regrade may change, checked: a key, a void question, the points of a question, the percent to pass."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal
from typing import Any, NoReturn

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from assessments.items import RubricType, item_type
from assessments.items.checking import as_decimal, as_text
from assessments.models import ExamItem, ExamVersion, QuestionVersion, Regrade
from assessments.regrading.terms import Terms, Void, keys_named, terms_of
from core.errors import Refusal

Change = Mapping[str, Any]

KINDS = ("key", "void", "points", "pass")
HOWS = ("drop", "full", "count")
HUNDREDTH = Decimal("0.01")
MOST_POINTS = 9999


def check_changes(
    exam_version: ExamVersion, changes: object, *, terms: Terms | None = None
) -> list[dict[str, Any]]:
    """The changes as they are stored: {kind: key, item, question_version} | {kind: void, item, how: drop | full |
    count} | {kind: points, item, points} | {kind: pass, percent}, numbers as decimal text, by item.

    `count` lets a question count again that an earlier correction made void. `terms` are those they change, the ones in
    force where not given. Raises Refusal (code "changes") in words for whoever wrote them. Four queries at most.
    """
    said = [_shaped(each) for each in changes] if isinstance(changes, (list, tuple)) else []
    if not said:
        _refuse(_("Say what is to be changed: a key, a void question, points or the percent to pass."))
    said.sort(key=lambda each: (each.get("item", 0), KINDS.index(each["kind"])))
    terms = terms or terms_of(exam_version)
    items = {item.number: item for item in exam_version.items.select_related("question_version")}
    _check_agree(said)
    keys = keys_named(said)
    for each in said:
        _check_against(each, items, terms, keys)
    _check_something_counts(exam_version, items.values(), terms.with_changes(said, keys))
    return said


def changes_text(changes: Iterable[Change], slots: Mapping[int, int] | None = None) -> str:
    """All changes in a sentence for people: 第 17 题作废，不计分；第 3 题更正答案. Asks nothing.

    With `slots`, the places on one paper by item, questions are called as on that paper and others are left out.
    """
    told = []
    for change in changes:
        number = change.get("item")
        if number is not None and slots is not None:
            number = slots.get(number)
        if number is not None or "item" not in change:
            told.append(_in_words(change, number))
    return pgettext("between changes", "; ").join(told)


def words_of(regrade: Regrade, slots: Mapping[int, int]) -> str:
    """What a candidate whose paper has these places is told of a regrade: what was corrected there, and why."""
    told = changes_text(regrade.changes, slots)
    return pgettext("between changes", "; ").join(
        each for each in (told, regrade.reason.rstrip("。.")) if each
    )


def keys_offered(exam_version: ExamVersion) -> dict[int, list[QuestionVersion]]:
    """By number of the item, the stored versions of its question with the same body whose key or explanation is another
    than the one in force, the newest first. Three queries at most."""
    terms = terms_of(exam_version)
    items = list(exam_version.items.select_related("question_version"))
    questions = {item.question_version.question_id for item in items}
    stored: dict[int, list[QuestionVersion]] = {}
    for version in QuestionVersion.objects.filter(question__in=questions).order_by("-number"):
        stored.setdefault(version.question_id, []).append(version)
    offered = {
        item.number: [
            version
            for version in stored[item.question_version.question_id]
            if _why_not_key(version, item, terms) is None
        ]
        for item in items
    }
    return {number: versions for number, versions in offered.items() if versions}


def _shaped(change: object) -> dict[str, Any]:
    """The change with its own fields alone, numbers as text; each field in its range."""
    given = change if isinstance(change, Mapping) else {}
    kind = given.get("kind")
    if kind not in KINDS:
        _refuse(_("There is no such change."))
    if kind == "pass":
        percent = _number(given.get("percent"))
        if percent is None or not 0 <= percent <= 100:
            _refuse(_("The percent to pass is a number from 0 to 100, with at most two decimal places."))
        return {"kind": "pass", "percent": as_text(percent)}
    item = given.get("item")
    if not isinstance(item, int) or isinstance(item, bool):
        _refuse(_("Say which question the change is about."))
    return {"kind": kind, "item": item, **_SHAPES[kind](given, item)}


def _shaped_key(given: Change, item: int) -> dict[str, Any]:
    version = given.get("question_version")
    if not isinstance(version, int) or isinstance(version, bool):
        _refuse(_("Question %(number)s: choose the stored version whose key is right.") % {"number": item})
    return {"question_version": version}


def _shaped_void(given: Change, item: int) -> dict[str, Any]:
    if given.get("how") not in HOWS:
        _refuse(
            _("Question %(number)s: say whether it counts for nobody or in full for everybody.")
            % {"number": item}
        )
    return {"how": given["how"]}


def _shaped_points(given: Change, item: int) -> dict[str, Any]:
    points = _number(given.get("points"))
    if points is None or not 0 < points <= MOST_POINTS:
        words = _("Question %(number)s: points are a number above 0, with at most two decimal places.")
        _refuse(words % {"number": item})
    return {"points": as_text(points)}


_SHAPES: dict[str, Callable[[Change, int], dict[str, Any]]] = {
    "key": _shaped_key,
    "void": _shaped_void,
    "points": _shaped_points,
}


def _number(value: object) -> Decimal | None:
    """A number with at most two decimals, as it is stored."""
    number = as_decimal(value)
    return number if number is not None and number == number.quantize(HUNDREDTH) else None


def _check_agree(changes: Iterable[Change]) -> None:
    """No two changes of one thing, and nothing else about a question that is void."""
    changes = tuple(changes)
    counted = Counter((each["kind"], each.get("item")) for each in changes)
    for (_kind, item), count in counted.items():
        if count > 1:
            _refuse(
                _("The percent to pass is changed twice.")
                if item is None
                else _("Question %(number)s is changed twice in the same way.") % {"number": item}
            )
    void = {each["item"] for each in changes if each["kind"] == "void" and each["how"] != "count"}
    for each in changes:
        if each["kind"] in ("key", "points") and each["item"] in void:
            words = _("Question %(number)s: a void question takes no other change.")
            _refuse(words % {"number": each["item"]})


def _check_against(
    change: Change, items: Mapping[int, ExamItem], terms: Terms, keys: Mapping[int, QuestionVersion]
) -> None:
    """That the change is possible on these terms, and one."""
    if change["kind"] == "pass":
        if Decimal(change["percent"]) == terms.pass_percent:
            _refuse(_("The percent to pass is %(percent)s%% already.") % {"percent": change["percent"]})
        return
    number = change["item"]
    item = items.get(number)
    if item is None:
        _refuse(_("This release has no question %(number)s.") % {"number": number})
    said = terms.of(item)
    if change["kind"] == "key":
        version = keys.get(change["question_version"])
        why_not = _why_not_key(version, item, terms) if version else _("there is no such version of it.")
        if why_not:
            _refuse(_("Question %(number)s: %(reason)s") % {"number": number, "reason": why_not})
    elif change["kind"] == "points" and Decimal(change["points"]) == said.points:
        words = _("Question %(number)s is worth %(points)s points already.")
        _refuse(words % {"number": number, "points": change["points"]})
    elif change["kind"] == "void" and _void(change) == said.void:
        _refuse(_("Question %(number)s counts like that already.") % {"number": number})


def _void(change: Change) -> Void:
    return Void.NO if change["how"] == "count" else Void(change["how"])


def _why_not_key(version: QuestionVersion, item: ExamItem, terms: Terms) -> str | None:
    """Why this version's key cannot be the item's; None when it can. The candidates saw the item's body: a key for
    other words would be no key to what they answered."""
    sat, said = item.question_version, terms.of(item)
    if version.question_id != sat.question_id:
        return _("the key comes from another question.")
    if version.type != sat.type or version.body != sat.body:
        return _("that version does not ask what the candidates were asked.")
    if version.answer == said.answer and version.explanation == said.explanation:
        return _("that version says the same.")
    kind = item_type(sat.type)
    if isinstance(kind, RubricType) and _maxima(version.answer) != _maxima(said.answer):
        return _(
            "its answers were marked by other criteria or points; correct its words, or change the question's points."
        )
    return None


def _maxima(key: Mapping[str, Any]) -> dict[str, Decimal]:
    return {each["id"]: Decimal(str(each["max"])) for each in key["criteria"]}


def _check_something_counts(exam_version: ExamVersion, items: Iterable[ExamItem], after: Terms) -> None:
    """That no paper could consist of void questions only: there would be nothing to pass."""
    dropped = Counter(item.section for item in items if after.void_of(item.number) == Void.DROP)
    document = exam_version.document
    asked = {1: document.get("draw") or len(document["items"])}
    if "sections" in document:
        asked = {number: each["count"] for number, each in enumerate(document["sections"], start=1)}
    if all(dropped[section] >= count for section, count in asked.items()):
        _refuse(
            _(
                "Some papers would have no question left that counts. Give full points for one of them instead."
            )
        )


def _in_words(change: Change, number: int | None) -> str:
    match change["kind"], change.get("how"):
        case "key", _how:
            return _("question %(number)s: another key") % {"number": number}
        case "void", "full":
            return _("question %(number)s void, full marks for all") % {"number": number}
        case "void", "drop":
            return _("question %(number)s void, does not count") % {"number": number}
        case "void", _how:
            return _("question %(number)s counts again") % {"number": number}
        case "points", _how:
            words = _("question %(number)s: %(points)s points")
            return words % {"number": number, "points": change["points"]}
        case _:
            return _("percent to pass: %(percent)s%%") % {"percent": change["percent"]}


def _refuse(words: str) -> NoReturn:
    raise Refusal(words, code="changes")

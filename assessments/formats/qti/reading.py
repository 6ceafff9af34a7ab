"""One assessmentItem, of 2.1, 2.2 or 3.0, to what is told about it."""

import posixpath
from typing import Any

from lxml import etree

from assessments.formats.checking import found, skipped
from assessments.formats.exchange import Draft, FileRefused, Found
from assessments.formats.markup import read_xml
from assessments.formats.own import Facts, from_text, told
from assessments.formats.qti.asking import Item, NotTaken
from assessments.formats.qti.declarations import outcomes, responses
from assessments.formats.qti.interactions import question
from assessments.formats.qti.names import local, normalise
from assessments.formats.qti.packages import Resource
from assessments.formats.qti.processing import Scoring, Scripted, scoring
from assessments.formats.qti.prose import MOST_PASSAGE, NO_PASSAGE, Fetch, Prose
from assessments.items.problems import Message
from assessments.items.problems import gettext_noop as _

ITEM = "assessmentItem"
TARGET = "qinglan"  # of the processing instruction before the item that other programs pass over
GENERAL = {
    "general",
    "explanation",
    "solution",
    "rationale",
}  # what feedback for any answer is usually called
RUBRIC_TYPES = ("short_answer", "case_analysis", "file_upload")


def read_item(content: bytes, where: Message, resource: Resource, fetch: Fetch) -> Found | None:
    """The question of an item file; None when the file is well-formed and something else than an item.

    `fetch` gives the files that the item refers to.
    """
    try:
        root = read_xml(content)
    except FileRefused as refused:
        return skipped(where, refused.reason)
    return of_root(root, where, resource, fetch) if local(root) == ITEM else None


def of_root(root: Any, where: Message, resource: Resource, fetch: Fetch) -> Found:
    """The same, for an item that was parsed. The element is changed on the way."""
    facts = _noted(root)
    normalise(root)
    prose = Prose(fetch)
    try:
        draft = _draft(root, resource, prose)
    except NotTaken as not_taken:
        return skipped(where, not_taken.reason)
    seen = found(where, draft, prose.warnings)
    return told(seen, facts) if facts else seen


def _noted(root: Any) -> Facts | None:
    """What we noted before the item; nothing where there is nothing, or nothing that can be read."""
    for each in root.itersiblings(etree.ProcessingInstruction, preceding=True):
        if each.target == TARGET:
            return from_text(each.text or "")
    return None


def _draft(root: Any, resource: Resource, prose: Prose) -> Draft:
    _refuse_variation(root)
    body = root.find("itemBody")
    if body is None:
        raise NotTaken(Message(_("The item has no body.")))
    declared, results = responses(root), outcomes(root)
    try:
        scored = scoring(root, results, declared)
    except Scripted as scripted:
        if not _only_essays(body):
            reason = _("The item's marks are worked out by a script of its own, which is not run here.")
            raise NotTaken(Message(reason)) from scripted
        scored = Scoring()
    for each in scored.remarks:
        prose.warn(each)
    feedback = _feedback(root, scored, prose)
    item = Item(
        title=" ".join(root.get("title", "").split()),
        body=body,
        prose=prose,
        declared=declared,
        outcomes=results,
        scoring=scored,
        sample=_rubric(body, prose),
        passage=_passage(root, prose),
    )
    asked = question(item)
    if item.sample and asked.type not in RUBRIC_TYPES:
        prose.warn(_("Instructions for scorers are not kept: no person marks this question."))
    return Draft(
        type=asked.type,
        body=asked.body | prose.gathered.of_body(),
        answer=asked.answer,
        explanation=feedback,
        name=item.title,
        tags=resource.tags,
        points=asked.points,
        difficulty=resource.difficulty,
        files=prose.gathered.files,
        extra={"identifier": identifier} if (identifier := root.get("identifier", "")) else {},
    )


def _refuse_variation(root: Any) -> None:
    if root.get("adaptive", "false").strip().lower() in ("true", "1"):
        raise NotTaken(
            Message(_("The item is adaptive: it changes while it is answered, which is not taken."))
        )
    if any(root.find(each) is not None for each in ("templateDeclaration", "templateProcessing")):
        raise NotTaken(
            Message(_("The item's words or numbers are drawn by a script of its own (a template)."))
        )


def _only_essays(body: Any) -> bool:
    kinds = {each.tag for each in body.iter(etree.Element) if each.tag.endswith("Interaction")}
    return kinds in ({"extendedTextInteraction"}, {"uploadInteraction"})


def _passage(root: Any, prose: Prose) -> str:
    """The passages that the item shares with others, read from files of their own."""
    return "\n".join(_stimulus(each.get("href", ""), prose) for each in root.iter("assessmentStimulusRef"))


def _stimulus(href: str, prose: Prose) -> str:
    content = prose.fetch(href) or b""
    try:
        root = read_xml(content) if 0 < len(content) <= MOST_PASSAGE else None
    except FileRefused:
        root = None
    if root is not None:
        normalise(root)
    body = None if root is None else root.find("stimulusBody")
    if body is None:
        prose.warn(NO_PASSAGE, name=href[:100])
        return ""
    prose.folder = posixpath.dirname(href)
    text = prose.text(body)
    prose.folder = ""
    return text


def _feedback(root: Any, scored: Scoring, prose: Prose) -> str:
    """The feedback that every answer gets; of the rest it is told that it is left out."""
    texts = []
    for element in root.iter("modalFeedback", "feedbackBlock", "feedbackInline"):
        text = prose.aside(element)
        if text and _is_general(element, scored):
            texts.append(text)
        elif text:
            prose.warn(_("Feedback for a certain answer is not kept: %(text)s"), text=text[:80])
    return "\n".join(dict.fromkeys(texts))


def _is_general(element: Any, scored: Scoring) -> bool:
    name, outcome = element.get("identifier", ""), element.get("outcomeIdentifier", "")
    if element.get("showHide", "show") == "hide":
        return outcome not in scored.chosen and name not in scored.shown
    return name in scored.shown or name.lower() in GENERAL


def _rubric(body: Any, prose: Prose) -> str:
    """What the scorer is told. What the candidate is told goes before the stem; the rest is left out, and told."""
    sample = []
    for element in list(body.iter("rubricBlock")):
        views = set(element.get("view", "").split())
        if "scorer" in views:
            sample.append(prose.aside(element))
        elif "candidate" in views:
            element.tag = "div"
        else:
            prose.warn(_("Instructions for %(view)s are not kept."), view=" ".join(sorted(views))[:80] or "?")
    return "\n".join(each for each in sample if each)

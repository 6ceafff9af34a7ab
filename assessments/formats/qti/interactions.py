"""From the interactions of an item to the question of ours that they make together."""

from collections.abc import Callable
from typing import Any

from lxml import etree

from assessments.formats.qti.asking import Item, NotTaken, Question
from assessments.formats.qti.choosing import associate, choice, hottext, match, order
from assessments.formats.qti.filling import case, essay, gap_match, inline, slider, upload
from assessments.formats.qti.placing import hotspot
from assessments.items.problems import Message
from assessments.items.problems import gettext_noop as _

NO_TYPE = {
    "selectPointInteraction": _("Pointing at a place in a picture is no question type here."),
    "graphicOrderInteraction": _("Ordering places in a picture is no question type here."),
    "graphicAssociateInteraction": _("Joining places in a picture is no question type here."),
    "graphicGapMatchInteraction": _("Filling the gaps of a picture is no question type here."),
    "positionObjectInteraction": _("Placing an object on a picture is no question type here."),
    "drawingInteraction": _("Drawing in a picture is no question type here."),
    "mediaInteraction": _("Playing a film or a recording is no question type here."),
    "endAttemptInteraction": _(
        "A button that ends the attempt belongs to a scripted item, which is not taken."
    ),
    "customInteraction": _("An interaction of its maker's own (customInteraction) is not taken."),
    "portableCustomInteraction": _(
        "A portable custom interaction runs a program of its own, which is not taken."
    ),
}


def question(item: Item) -> Question:
    """The question that the item's interactions make together. Raises NotTaken."""
    found = [each for each in item.body.iter(etree.Element) if each.tag.endswith("Interaction")]
    kinds = {each.tag for each in found}
    for kind in sorted(kinds & NO_TYPE.keys()):
        raise NotTaken(Message(NO_TYPE[kind]))
    if not found:
        raise NotTaken(Message(_("The item asks for no response.")))
    if kinds <= {"textEntryInteraction", "inlineChoiceInteraction"}:
        return inline(item, found)
    if kinds == {"extendedTextInteraction"}:
        return essay(item, found[0]) if len(found) == 1 else case(item, found)
    if len(found) > 1 or found[0].tag not in SINGLE:
        names = ", ".join(sorted(kinds))
        raise NotTaken(
            Message(_("Interactions that make no one question here: %(kinds)s."), {"kinds": names})
        )
    return SINGLE[found[0].tag](item, found[0])


SINGLE: dict[str, Callable[[Item, Any], Question]] = {
    "choiceInteraction": choice,
    "orderInteraction": order,
    "matchInteraction": match,
    "associateInteraction": associate,
    "gapMatchInteraction": gap_match,
    "hottextInteraction": hottext,
    "sliderInteraction": slider,
    "hotspotInteraction": hotspot,
    "uploadInteraction": upload,
}

"""What the engine says, in the reader's language.

The engine hands out English templates and knows no gettext; here they are marked for translation, each exactly once
(a test compares the list with the engine's).
"""

from __future__ import annotations

from django.utils.translation import gettext, gettext_noop

from simulations.engine.messages import Message
from simulations.engine.play import Lock
from simulations.engine.scenario import Scenario
from simulations.engine.wording import amount, lock_reason

TEMPLATES = (
    gettext_noop("not readable as JSON: %(detail)s"),
    gettext_noop("line %(line)s, column %(column)s: a value is expected"),
    gettext_noop("line %(line)s, column %(column)s: a comma or a closing bracket is expected"),
    gettext_noop("line %(line)s, column %(column)s: a colon is expected"),
    gettext_noop("line %(line)s, column %(column)s: a name in double quotes is expected"),
    gettext_noop("line %(line)s, column %(column)s: a text begins here whose closing quotes are missing"),
    gettext_noop("line %(line)s, column %(column)s: a line break or control character stands inside a text"),
    gettext_noop("line %(line)s, column %(column)s: the end of the file is expected"),
    gettext_noop("line %(line)s, column %(column)s: not readable as JSON: %(detail)s"),
    gettext_noop("longer than %(limit)s characters"),
    gettext_noop("more than %(limit)s entries"),
    gettext_noop("nested too deeply"),
    gettext_noop("the key %(name)s appears twice"),
    gettext_noop("missing"),
    gettext_noop("must not be empty"),
    gettext_noop("must be text"),
    gettext_noop("contains a control character"),
    gettext_noop("must be a number"),
    gettext_noop("must be a whole number"),
    gettext_noop("must be true or false"),
    gettext_noop("must be a list"),
    gettext_noop("must be an object"),
    gettext_noop("must be a short name of Latin letters, digits and underscores"),
    gettext_noop("must be between %(low)s and %(high)s"),
    gettext_noop("must have at most two decimals"),
    gettext_noop("unknown key"),
    gettext_noop("lo ≤ init ≤ hi does not hold"),
    gettext_noop("the name %(name)s is already used"),
    gettext_noop("unknown variable %(name)s"),
    gettext_noop("unknown flag %(name)s"),
    gettext_noop("unknown dimension %(name)s"),
    gettext_noop("unknown ending %(name)s"),
    gettext_noop("unknown node %(name)s"),
    gettext_noop("unknown node or ending %(name)s"),
    gettext_noop("unknown view %(name)s"),
    gettext_noop("does not stand for a leaf competency"),
    gettext_noop("no route is left when no condition holds"),
    gettext_noop("END is used, but no ending has the condition True for when no other holds"),
    gettext_noop("in a written path %(name)s could mean two choices"),
    gettext_noop("needed for scoring"),
    gettext_noop("must name an entry of the library, such as clause:voting-quorum or list:open-promises"),
    gettext_noop("only the formula %(formula)s is supported"),
    gettext_noop("the condition is empty"),
    gettext_noop("the condition is nested too deeply"),
    gettext_noop("unexpected character %(found)s at position %(at)s"),
    gettext_noop("position %(at)s: a variable or a flag is expected, not %(found)s"),
    gettext_noop("position %(at)s: a number is expected, not %(found)s"),
    gettext_noop("position %(at)s: and, or, a closing bracket or the end is expected, not %(found)s"),
    gettext_noop("the condition ends where a variable or a flag is expected"),
    gettext_noop("the condition ends where a number is expected"),
    gettext_noop("the condition ends where a closing bracket is expected"),
    gettext_noop("unknown name %(name)s"),
    gettext_noop("unknown name %(name)s; perhaps %(near)s?"),
    gettext_noop("%(name)s could be any of these: %(names)s"),
    gettext_noop("%(name)s is a variable: compare it with a number"),
    gettext_noop("%(name)s is a flag: it cannot be compared with a number"),
    gettext_noop("never holds: %(name)s goes from %(low)s to %(high)s"),
    gettext_noop("not readable as a Word file (.docx)"),
    gettext_noop("the file is larger than %(limit)s MB, or unpacks to far more than it should"),
    gettext_noop("the file declares a document type, which Word never does"),
    gettext_noop("there is no table in the file"),
    gettext_noop("row %(row)s: two cells are expected, not %(found)s"),
    gettext_noop("row %(row)s: %(found)s on the left is none of these words: %(expected)s"),
    gettext_noop("row %(row)s: %(found)s belongs below a row of %(expected)s"),
    gettext_noop("row %(row)s: a text is expected on the right"),
    gettext_noop("row %(row)s: %(found)s is neither a situation nor an ending of this table"),
    gettext_noop(
        "row %(row)s: %(found)s is neither a situation nor an ending of this table; perhaps %(near)s?"
    ),
    gettext_noop("row %(row)s: %(found)s is there twice"),
    gettext_noop("a row with %(expected)s on the left is expected: the table has no situation"),
    gettext_noop("the play has already ended with %(ending)s"),
    gettext_noop("%(node)s has no choice %(choice)s"),
    gettext_noop("the scenario has no choice %(found)s"),
    gettext_noop("the play stands at %(node)s, not at %(found)s"),
    gettext_noop("%(choice)s costs %(cost)s, only %(left)s left"),
    gettext_noop("%(choice)s needs: %(condition)s"),
    gettext_noop("more than %(limit)s steps"),
    gettext_noop("the play has not ended: it stands at %(node)s"),
    gettext_noop("the ending %(ending)s is not a pass"),
    gettext_noop("total %(total)s is below %(needed)s"),
    gettext_noop("%(axis)s %(score)s is below %(needed)s"),
    gettext_noop("no axis of the view was judged"),
    gettext_noop("the ending %(ending)s counts only after one of: %(flags)s"),
)


def told(message: Message) -> str:
    """The sentence in the active language."""
    return gettext(message.template) % message.values


def told_of(message: Message, scenario: Scenario) -> str:
    """The sentence for learners: an ending by its title, which they know, and numbers without needless decimals."""
    values = {key: amount(of) if isinstance(of, float) else of for key, of in message.values.items()}
    ending = scenario.endings.get(str(values.get("ending", "")))
    if ending is not None:
        values["ending"] = gettext("“%(title)s”") % {"title": ending.title}
    return gettext(message.template) % values


def told_lock(lock: Lock, scenario: Scenario) -> str:
    """Why a choice cannot be made, for somebody at play.

    A price is told; a condition is not: it names hidden flags ("forged votes"), which only the debrief reveals.
    """
    if lock.is_about_price:
        return lock_reason(lock, scenario)
    return gettext("the way you came did not lay the ground for it")

"""Where in a question something is wrong, in the words of somebody who wrote a paper and never saw its fields."""

import re
from collections.abc import Iterator

from assessments.items.forms import LETTERS
from assessments.items.problems import Message
from assessments.items.problems import gettext_noop as _

NUMBER = r"\[(?P<number>\d+)\]"
OPTION = r"\.options\[(?P<option>\d+)\]"
# The first that a field begins with says what it is called.
PLACES = [
    (r"body\.stem", _("the question's text")),
    (rf"body{OPTION}", _("option %(option)s")),
    (r"body\.options", _("the options")),
    (rf"body\.gaps{NUMBER}{OPTION}", _("gap %(number)s, option %(option)s")),
    (rf"body\.gaps{NUMBER}\.options", _("gap %(number)s, the options")),
    (rf"body\.gaps{NUMBER}|key\.gaps\.g(?P<named>\d+)", _("gap %(number)s")),
    (r"body\.text|body\.gaps|key\.gaps", _("the text with the gaps")),
    (rf"body\.left{NUMBER}|key\.pairs\.l(?P<named>\d+)", _("entry %(number)s on the left")),
    (rf"body\.right{NUMBER}", _("entry %(number)s on the right")),
    (r"body\.left", _("the entries on the left")),
    (r"body\.right", _("the entries on the right")),
    (rf"body\.blanks{NUMBER}|key\.blanks\.b(?P<named>\d+)", _("blank %(number)s")),
    (rf"body\.parts{NUMBER}", _("part %(number)s")),
    (rf"body\.spots{NUMBER}", _("area %(number)s")),
    (rf"body\.media{NUMBER}", _("picture or sound %(number)s")),
    (r"body\.image", _("the picture")),
    (rf"key\.criteria{NUMBER}", _("criterion %(number)s")),
    (r"key\.weights\.o(?P<named>\d+)", _("what option %(number)s is worth")),
    (r"key", _("the answer")),
]
KNOWN = [(re.compile(pattern), msgid) for pattern, msgid in PLACES]
# What is asked of an author at a form, as it is said of a file.
SAID = {
    "Write some text here.": _(
        "There is no text here that can be read; perhaps it is a picture or a formula."
    ),
    "Give a list of at least %(least)s.": _("There are fewer than %(least)s."),
    "Say for every gap what is right.": _("The file does not say for every gap what is right."),
    "Say for every blank what is accepted.": _("The file does not say for every blank what is right."),
}


def place_of(field: str) -> "str | Message":
    """`body.options[0].text` as “option A”; what has no such name stays as it is."""
    for pattern, msgid in KNOWN:
        if found := pattern.match(field):
            return Message(msgid, dict(_named(found.groupdict())))
    return field


def said(message: Message) -> Message:
    """The same problem, said of a file."""
    return Message(SAID.get(message.msgid, message.msgid), message.params)


def _named(groups: dict[str, str | None]) -> Iterator[tuple[str, str]]:
    """Lists count from one here; what has an id counts so already."""
    if number := groups.get("number"):
        yield "number", str(int(number) + 1)
    if named := groups.get("named"):
        yield "number", named
    if option := groups.get("option"):
        at = int(option)
        yield "option", LETTERS[at] if at < len(LETTERS) else str(at + 1)

"""Aiken, the plainest format of choice questions (docs.moodle.org, “Aiken format”).

    Which is the largest?
    A. One
    B. Two
    ANSWER: B

Read: the question on one or more lines, options `A.` or `A)` (also `Ａ．`, `A、`), the right one after `ANSWER:` (also
`答案：`), and, as many programs extend it, several right ones: `ANSWER: A, C` is a multiple choice that only exactly
the right choices earn. A line that begins none of these goes on with the text before it; an empty line ends an option.

Written: single choice, multiple choice with several letters, true or false as a single choice of two options. The
format has no comments: whatever else a question says is a loss, and all other types are left out.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from io import BytesIO, StringIO
from typing import BinaryIO

from assessments.formats.checking import found, skipped
from assessments.formats.encoding import decoded
from assessments.formats.exchange import Draft, FileRefused, Format, Found, Loss, renumbered
from assessments.formats.usual import at_line, named
from assessments.items.forms import LETTERS
from assessments.items.media import files_of
from assessments.items.problems import Message
from assessments.items.problems import gettext_noop as _
from assessments.items.writing import shorten

OPTION = re.compile(r"([A-ZＡ-Ｚ])(?:[.)](?:[ \t\u3000]+|(?![A-Za-z]))|[．）、]|\))[ \t\u3000]*")
GLUED = re.compile(
    r"([A-Z])\.(?=[A-Za-z])(?![A-Z]\.)"
)  # an option without its space; A.D. and U.S. are words
ANSWER = re.compile(r"[ \t\u3000]*(?:ANSWER|(?:正确|参考)?答案)[ \t]*[:：](.*)", re.IGNORECASE)
ANSWER_ANYWHERE = re.compile(f"^{ANSWER.pattern}", re.IGNORECASE | re.MULTILINE)
BETWEEN_LETTERS = re.compile(r"[,;、&\s]+")

NO_ANSWER = _("There is no ANSWER line.")
PART_LOSSES = {
    "explanation": _("The explanation is not kept."),
    "name": _("The name is not kept."),
    "category": _("The category is not kept."),
    "tags": _("The tags are not kept."),
    "points": _("The points are not kept."),
    "difficulty": _("The difficulty is not kept."),
    "extra": _("Key, module and whatever else only our own questions have are not kept."),
}


class Aiken(Format):
    code = "aiken"
    title = _("Aiken")
    suffixes = (".txt",)

    def read(self, source: BinaryIO) -> Iterator[Found]:
        text = decoded(source.read())
        if not ANSWER_ANYWHERE.search(text):
            raise FileRefused(Message(_("This is no Aiken file: no line in it begins with ANSWER:.")))
        return _questions(text)

    def write(self, drafts: Iterable[Draft], target: BinaryIO) -> list[Loss]:
        losses: list[Loss] = []
        for draft in map(renumbered, drafts):
            text, reasons = _written(draft)
            target.write(text.encode())
            where = named(draft.name or shorten(draft.body["stem"]))
            losses += [Loss(where, Message(reason), whole=not text) for reason in reasons]
        return losses


# Reading


@dataclass
class _Question:
    """A question while its lines come in; `options` is letter → lines."""

    line: int
    stem: list[str] = field(default_factory=list)
    options: dict[str, list[str]] = field(default_factory=dict)
    twice: str = ""
    after_gap: bool = False

    @property
    def where(self) -> Message:
        return at_line(self.line)

    def add(self, line: str) -> None:
        """A line that is no answer: an option, or more of the text before."""
        option = OPTION.match(line) or self._glued(line)
        letter = unicodedata.normalize("NFKC", option[1]) if option else ""
        if not option or (letter != "A" and not self.options):
            (list(self.options.values())[-1] if self.options else self.stem).append(line)
        elif letter in self.options:
            self.twice = letter
        else:
            self.options[letter] = [line[option.end() :]]

    def _glued(self, line: str) -> re.Match[str] | None:
        """An option whose letter runs into its text: taken where this letter is the next."""
        option = GLUED.match(line)
        begun = self.options or self.stem
        return option if option and begun and LETTERS[len(self.options) :].startswith(option[1]) else None


def _questions(text: str) -> Iterator[Found]:
    """Every question of the text, and every reason for one that was not taken."""
    question: _Question | None = None
    for number, line in enumerate(map(str.strip, StringIO(text)), start=1):
        if question and question.options:
            if _begins_anew(question, line):
                yield skipped(question.where, Message(NO_ANSWER))
                question = _next(question, number, line)
            question.after_gap = not line
        letters = ANSWER.match(line)
        if letters and ((question and question.options) or _letters(letters[1])):
            yield _finished(question or _Question(number), letters[1])
            question = None
        elif line or (question and not question.options):
            question = question or _Question(number)
            question.add(line)
    if question:
        yield skipped(question.where, Message(NO_ANSWER))


def _begins_anew(question: _Question, line: str) -> bool:
    """Whether the line can only belong to another question: the answer to this one was forgotten."""
    option = OPTION.match(line) or GLUED.match(line)
    if option and option[1] in "AＡ":
        return True
    if OPTION.match(line):
        return False
    return bool(line) and question.after_gap and not ANSWER.match(line)


def _next(question: _Question, number: int, line: str) -> _Question:
    """The question after one without an answer. When it has begun with an option already, its text seemed to go on
    with the last option before."""
    stem = list(question.options.values())[-1][1:] if OPTION.match(line) or GLUED.match(line) else []
    return _Question(number - len(stem), stem)


def _finished(question: _Question, answer: str) -> Found:
    letters = _letters(answer)
    known = list(question.options)
    if question.twice:
        reason = Message(_("Two options have the letter %(letter)s."), {"letter": question.twice})
    elif not letters:
        reason = Message(_("“%(text)s” names no option."), {"text": shorten(answer)})
    elif unknown := [letter for letter in letters if letter not in known]:
        reason = Message(_("There is no option %(letter)s."), {"letter": unknown[0]})
    else:
        return found(question.where, _draft(question, letters))
    return skipped(question.where, reason)


def _draft(question: _Question, letters: list[str]) -> Draft:
    ids = {letter: f"o{number}" for number, letter in enumerate(question.options, start=1)}
    options = [{"id": ids[letter], "text": "\n".join(lines)} for letter, lines in question.options.items()]
    body = {"stem": "\n".join(question.stem).strip(), "options": options}
    correct = [ids[letter] for letter in question.options if letter in letters]
    if len(correct) == 1:
        return Draft("single", body, {"rule": "exact", "correct": correct[0]})
    return Draft("multiple", body, {"rule": "all_or_nothing", "correct": correct})


def _letters(answer: str) -> list[str]:
    """The letters an ANSWER line names; none when it says anything else."""
    if len(answer) > 4 * len(LETTERS):
        return []
    text = unicodedata.normalize("NFKC", answer).strip(" \t.。").upper()
    words = [each for each in BETWEEN_LETTERS.split(text) if each]
    if len(words) > 1 and max(map(len, words)) > 1:
        return []
    letters = "".join(words)
    return list(letters) if all(letter in LETTERS for letter in letters) else []


# Writing


def _written(draft: Draft) -> tuple[str, list[str]]:
    """The question and the reasons of its losses; without a text when it is left out."""
    options = draft.body.get("options", ())
    if draft.type not in ("single", "multiple", "true_false"):
        return "", [_("Aiken has choice questions only.")]
    if len(options) > len(LETTERS):
        return "", [_("Aiken has letters for 26 options only.")]
    carried, reasons = _carried(draft)
    for simpler, spaces in _simpler(carried):
        if _comes_back(text := _as_aiken(simpler), simpler):
            return text, reasons + spaces
    return "", [_("Its text would be read as an option or an answer.")]


def _carried(draft: Draft) -> tuple[Draft, list[str]]:
    """The question with what the format has a place for, as it is read back, and what that leaves behind."""
    ids = [f"o{number}" for number, _option in enumerate(draft.body["options"], start=1)]
    new = dict(zip((each["id"] for each in draft.body["options"]), ids, strict=True))
    options = [{"id": new[each["id"]], "text": each["text"]} for each in draft.body["options"]]
    told = draft.answer["correct"]
    correct = [new[told]] if isinstance(told, str) else [new[each] for each in told]
    reasons = [
        reason for name, reason in PART_LOSSES.items() if getattr(draft, name) not in (None, "", (), {})
    ]
    if files_of(draft.body):
        reasons.append(_("Pictures and sounds are not kept."))
    if draft.answer.get("explanation_cites_options"):
        reasons.append(_("That the explanation cites options by letter is not kept."))
    if not draft.body.get("shuffle", True):
        reasons.append(_("That the options keep their order is not kept."))
    if len(correct) == 1 and draft.type != "single":
        reasons.append(_("It comes back as a single choice."))
    elif draft.answer["rule"] not in ("exact", "all_or_nothing"):
        reasons.append(_("Its scoring rule is not kept: only exactly the right choices earn marks."))
    if len(correct) > 1:
        reasons.append(_("Programs that know one right option only will not read it rightly."))
    body = {"stem": draft.body["stem"], "options": options}
    if len(correct) == 1:
        return Draft("single", body, {"rule": "exact", "correct": correct[0]}), reasons
    return Draft("multiple", body, {"rule": "all_or_nothing", "correct": correct}), reasons


def _simpler(draft: Draft) -> Iterator[tuple[Draft, list[str]]]:
    """The question as it is, with its options on one line each, and with its text on one line too."""
    stem, options = draft.body["stem"], draft.body["options"]
    if not any("\n" in each["text"] for each in options):
        yield draft, []
    reasons = [_("Line breaks, repeated spaces and control characters are not kept.")]
    options = [{**each, "text": _one_line(each["text"])} for each in options]
    yield replace(draft, body={"stem": stem, "options": options}), reasons
    yield replace(draft, body={"stem": _one_line(stem), "options": options}), reasons


def _one_line(text: str) -> str:
    return "".join(each for each in " ".join(text.split()) if unicodedata.category(each) not in ("Cc", "Cf"))


def _as_aiken(draft: Draft) -> str:
    letters = {each["id"]: letter for letter, each in zip(LETTERS, draft.body["options"], strict=False)}
    correct = draft.answer["correct"]
    right = ", ".join(letters[each] for each in ([correct] if isinstance(correct, str) else correct))
    options = "".join(f"{letters[each['id']]}. {each['text']}\n" for each in draft.body["options"])
    return f"{draft.body['stem']}\n{options}ANSWER: {right}\n\n"


def _comes_back(text: str, draft: Draft) -> bool:
    try:
        return [each.draft for each in Aiken().read(BytesIO(text.encode()))] == [draft]
    except FileRefused:
        return False

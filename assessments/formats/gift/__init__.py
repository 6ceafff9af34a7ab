r"""GIFT, Moodle's text format (docs.moodle.org, “GIFT format”): one question to a paragraph, its answers in braces.

Read: single choice `{=right ~wrong}`; multiple choice `{~%50%a ~%50%b ~%-100%c}`, weighted as Moodle scores it; true or
false `{T}`; short answers and numbers as a fill-in with one blank; matching `{=a -> b = -> extra}`; an essay `{}` as a
short answer of one criterion; the missing word; `$CATEGORY:`, names, `[tag:…]`, text formats, general feedback as the
explanation. Not kept, each with a warning: the feedback of single answers, formatting and pictures, wildcards, part
marks where our types have none, Moodle's id numbers. A text without braces is a description and skipped.

Written: all types. Ordering, cloze, case analysis and several blanks have no form here: other programs see an essay.
What the GIFT of a question does not say by itself stands in one comment line above it, and only that:

    // qinglan: {"answer.rule": {"is": "social_worker_exam", "was": "6d2c…"}, "difficulty": {"is": 3, "was": "74234…"}}

See `formats.own`. Only pictures and sounds cannot be carried.
"""

from collections.abc import Iterable, Iterator
from typing import BinaryIO

from assessments.formats.encoding import decoded
from assessments.formats.exchange import Draft, FileRefused, Format, Found, Loss, renumbered
from assessments.formats.gift.reading import questions_in
from assessments.formats.gift.writing import comment_for, heading_of, losses_of, written
from assessments.formats.media import without_media
from assessments.formats.usual import named
from assessments.items.problems import Message
from assessments.items.problems import gettext_noop as _
from assessments.items.writing import shorten


class Gift(Format):
    code = "gift"
    title = _("GIFT (Moodle)")
    suffixes = (".gift", ".txt")

    def read(self, source: BinaryIO) -> Iterator[Found]:
        text = decoded(source.read())
        if "{" not in text:
            raise FileRefused(
                Message(
                    _("This is no GIFT file: nowhere in it are there braces with the answers of a question.")
                )
            )
        return questions_in(text)

    def write(self, drafts: Iterable[Draft], target: BinaryIO) -> list[Loss]:
        losses: list[Loss] = []
        heading = ""
        for whole in map(renumbered, drafts):
            where = named(whole.name or shorten(whole.body["stem"]))
            draft, told = without_media(whole)
            before, heading = heading, heading_of(draft.category, needed=bool(heading))
            gift = written(draft)
            comment = comment_for(draft, heading + gift)
            target.write(f"{heading if heading != before else ''}{comment}{gift}\n".encode())
            losses += [Loss(where, each) for each in (*losses_of(draft), *told)]
        return losses

"""Moodle XML, the one format Moodle 3.x and 4.x both write and read whole questions in.

Source: https://docs.moodle.org/en/Moodle_XML_format, and for gaps in a text
https://docs.moodle.org/en/Embedded_Answers_(Cloze)_question_type. The ordering type is that of Moodle 4.4, before a
plugin (qtype_ordering).

Carried in both directions: single, multiple, true/false, matching, fill-in, cloze, ordering, the two written types and
files to hand in (an essay without a text box); name, stem, explanation (general feedback), marks, tags, category, id
number, and the pictures and sounds of the stem, which go behind it. A question about areas of a picture is an essay
under that picture. What the file says besides is a warning. Where Moodle only comes near to ours, writing tells a loss.
What it does not say stands in an element Moodle passes over: see `formats.own`.
"""

from collections.abc import Iterable, Iterator
from typing import BinaryIO

from assessments.formats.exchange import Draft, Format, Found, Loss
from assessments.formats.moodle_xml.reading import read_questions
from assessments.formats.moodle_xml.writing import write_questions
from assessments.items.problems import gettext_noop as _


class MoodleXML(Format):
    """`<quiz>` of `<question type="…">`, read and written one question at a time."""

    code = "moodle_xml"
    title = _("Moodle XML")
    suffixes = (".xml",)
    carries_media = True

    def read(self, source: BinaryIO) -> Iterator[Found]:
        return read_questions(source)

    def write(self, drafts: Iterable[Draft], target: BinaryIO) -> list[Loss]:
        return write_questions(drafts, target)


__all__ = ["MoodleXML"]

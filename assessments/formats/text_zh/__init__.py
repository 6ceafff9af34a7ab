"""Numbered exam papers in Chinese as people type them (.txt, .md, and Word through `docx`).

Read: section heads (一、单项选择题（每题2分）), questions (1. 1、 （1） 第1题), options (A. A、 (A) ①), answers in a
line, in the brackets of the stem or in a key at the end, and labelled facts (解析, 难度, 分值, 知识点, 评分标准 …), in
full or half width; and as the web and Markdown dress them (`peeling`), as other banks begin a question (`heads`), and
several questions in one paragraph (`paragraphs`). What belongs to no question is a warning; a question without a usable
answer is skipped with the reason.

Written: the same form, sections by type, numbered anew in each, every fact on a labelled line. Besides the usual
labels there are ours: 题名, 分类, 空格 (one gap: its label, then 答案, 空格单位, 空格数值, 允许误差, 部分得分 and
区分大小写 of it), 填空文段, 小题, 字数上限, 提交类型, 文件数上限, 文件大小上限 (MB), 扣分说明, 选项权重, 选项顺序,
解析引用选项, 附加信息 (JSON); 〔第1问〕 before a criterion names its part.

Text that would be taken for structure is marked: behind U+2060 (word joiner, invisible) at the start of a line, or
right behind its label, the rest of the line is text. A marked line goes on with what stands before it.

Not carried: pictures and sounds, and so no question about places in a picture. A number noted as 0.5 is read as the
text "0.5"; the meaning is the same.
"""

from collections.abc import Iterable, Iterator
from itertools import chain, count
from typing import BinaryIO

from assessments.formats.encoding import decoded
from assessments.formats.exchange import Draft, FileRefused, Format, Found, Loss
from assessments.formats.text_zh.blocks import Line
from assessments.formats.text_zh.reading import read_lines
from assessments.formats.text_zh.writing import written
from assessments.formats.usual import at_line
from assessments.items.problems import Message
from assessments.items.problems import gettext_noop as _


class TextZh(Format):
    code = "text_zh"
    title = _("Numbered paper in Chinese (text)")
    suffixes = (".txt", ".md")

    def read(self, source: BinaryIO) -> Iterator[Found]:
        lines = decoded(source.read()).split("\n")
        return some(read_lines(map(Line, count(1), lines), at_line))

    def write(self, drafts: Iterable[Draft], target: BinaryIO) -> list[Loss]:
        """UTF-8 with its mark, so that Windows knows it."""
        paper, losses = written(drafts)
        target.write("\ufeff".encode())
        for text in paper:
            target.write(f"{text}\n".encode())
        return losses


def some(found: Iterator[Found]) -> Iterator[Found]:
    """The same questions. Raises FileRefused when there are none."""
    first = next(found, None)
    if first is None:
        raise FileRefused(
            Message(
                _(
                    "No numbered question was found. Questions begin with 1. or 1、 or （1） on a line of their own."
                )
            )
        )
    return chain([first], found)

"""Labelled facts on a line: 答案：B, 【解析】…, several of them one behind another.

Linear in the line, as all lexing is. Positions in `half(text)` are positions in the text.
"""

import re
from collections.abc import Iterator

from assessments.formats.text_zh.lexing import half

# What a labelled line may be called, and what we call it. The names of the second table count only where a line
# begins; all but 答 are our own writing.
COMMON_FIELDS = {
    "答案": "answer",
    "正确答案": "answer",
    "参考答案": "answer",
    "标准答案": "answer",
    "答案及解析": "answer",
    "答案与解析": "answer",
    "答案和解析": "answer",
    "参考答案及解析": "answer",
    "参考答案与解析": "answer",
    "答案要点": "answer",
    "解析": "explanation",
    "答案解析": "explanation",
    "试题解析": "explanation",
    "题目解析": "explanation",
    "参考解析": "explanation",
    "讲解": "explanation",
    "详解": "explanation",
    "题解": "explanation",
    "难度": "difficulty",
    "难易度": "difficulty",
    "难易程度": "difficulty",
    "分值": "points",
    "分数": "points",
    "知识点": "tags",
    "考点": "tags",
    "标签": "tags",
    "出处": "source",
    "来源": "source",
    "题型": "type",
    "计分": "rule",
    "计分规则": "rule",
    "评分标准": "criteria",
    "评分要点": "criteria",
    "得分要点": "criteria",
    "采分点": "criteria",
    "得分点": "criteria",
    # What a learner once answered and earned says nothing of the question.
    "我的答案": "nothing",
    "你的答案": "nothing",
    "您的答案": "nothing",
    "学生答案": "nothing",
    "考生答案": "nothing",
    "用户答案": "nothing",
    "作答结果": "nothing",
    "得分": "nothing",
    "本题得分": "nothing",
}
OWN_FIELDS = {
    "答": "answer",
    "解": "solution",
    "分类": "category",
    "题名": "name",
    "扣分说明": "penalty",
    "字数上限": "max_chars",
    "附加信息": "extra",
    "空格": "blank",
    "空格单位": "unit",
    "空格数值": "value",
    "允许误差": "tolerance",
    "部分得分": "partial",
    "区分大小写": "case",
    "填空文段": "text",
    "小题": "part",
    "提交类型": "kinds",
    "文件数上限": "most_files",
    "文件大小上限": "most_mb",
    "选项权重": "weights",
    "选项顺序": "shuffle",
    "解析引用选项": "cites",
}
FIELDS = COMMON_FIELDS | OWN_FIELDS
# Words too common to be labels without brackets around them.
BRACKETED_FIELDS = {"分析": "explanation", "解答": "solution", "点评": "explanation", "答题要点": "answer"}
NAMES = FIELDS | BRACKETED_FIELDS

# An answer that cannot be anything else, as far as it goes.
_PLAIN_ANSWER = r"[A-H](?:[,、\s]?[A-H]){0,7}|[√×对错]|正确|错误"


def _any_of(names: dict[str, str]) -> str:
    return "|".join(sorted(names, key=len, reverse=True))


_FIELD = re.compile(
    rf"(?:【\s?({_any_of(NAMES)})\s?】\s?:?|\[\s?({_any_of(FIELDS)})\s?\]\s?:?|({_any_of(FIELDS)})\s?:"
    rf"|(正确答案|答案)\s?[是为]\s?:?|((?:正确|参考)?答案)\s?(?=(?:{_PLAIN_ANSWER})[.。]?\s*$))\s{{0,8}}"
)
_INLINE_FIELD = re.compile(
    rf"(?:【\s?({_any_of(COMMON_FIELDS | BRACKETED_FIELDS)})\s?】\s?:?|(?<=\s)({_any_of(COMMON_FIELDS)})\s?:"
    rf"|(?<=\s)(正确答案|答案)\s?[是为]\s?:?"
    # Without a space before it only these two, behind the end of a sentence, a bracket, a gap or an answer.
    rf"|(?<=[。.;；)）」”》】?？!！_,，])((?:正确|参考|标准)?答案|(?:答案|试题)?解析)\s?:"
    rf"|(?<=[A-H√×对错])((?:答案|试题)?解析)\s?:"
    rf"|(?<![的个])((?:正确|参考|标准)?答案)\s?:(?=\s?(?:{_PLAIN_ANSWER})\s{{0,8}}(?:$|[.。,;(]|(?:答案)?解析)))\s{{0,8}}"
)


def fields_in(text: str) -> list[tuple[str, str]]:
    """The line in pieces: ("", text before the first label), then (name, text) for each labelled fact."""
    stops = list(_stops(half(text)))
    if not stops:
        return [("", text)]
    pieces = [("", text[: stops[0][0]])]
    ends = [start for start, _end, _name in stops[1:]] + [len(text)]
    pieces += [(name, text[end:until]) for (_start, end, name), until in zip(stops, ends, strict=True)]
    return pieces


def _stops(plain: str) -> Iterator[tuple[int, int, str]]:
    """Where each label begins and ends, and what it names."""
    first = _FIELD.match(plain)
    if first:
        yield 0, first.end(), NAMES[next(filter(None, first.groups()))]
    for found in _INLINE_FIELD.finditer(plain, first.end() if first else 0):
        yield found.start(), found.end(), NAMES[next(filter(None, found.groups()))]


def begins_fact(text: str) -> bool:
    """Whether the line begins with a label: 答案：, 【解析】."""
    return _FIELD.match(half(text[:40])) is not None

"""XLSX: one question a row, in the columns of our template; the first sheet of a workbook.

Columns are known by the words in the first row, in any order (see COLUMNS). Single and multiple choice: options in A
to H, the answer by letters. True or false: 对 or 错. Ordering: the steps in A to H, the answer their right order by
letters. Fill-in with one blank: accepted words in 答案, one to a line. Short answer: 答案 is the sample. What these
columns cannot say we note in 完整内容 (see `formats.own`): it holds for what nobody has changed in the others since.
Pictures and sounds are not in a sheet.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from io import BytesIO
from typing import Any, BinaryIO
from zipfile import ZipFile

from openpyxl import Workbook
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Font
from python_calamine import CalamineError, CalamineWorkbook

from assessments.formats.checking import found, skipped
from assessments.formats.exchange import Draft, FileRefused, Format, Found, Loss, renumbered
from assessments.formats.media import without_media
from assessments.formats.own import as_text as facts_text
from assessments.formats.own import from_text, told, unsaid
from assessments.formats.usual import BLANK_LABEL, BY_SAMPLE, TRUE_FALSE, at_row, named, number_in
from assessments.items.checking import as_text
from assessments.items.forms import LETTERS
from assessments.items.problems import Message
from assessments.items.problems import gettext_noop as _
from assessments.items.writing import shorten
from core.archives import BROKEN
from core.workbooks import text_cell

OPTIONS = LETTERS[:8]
COLUMNS = (
    "题型",
    "题干",
    *OPTIONS,
    "答案",
    "解析",
    "分值",
    "难度",
    "知识点",
    "分类",
    "计分",
    "编号",
    "完整内容",
)
TYPES = {
    "单选题": "single",
    "单选": "single",
    "单项选择题": "single",
    "多选题": "multiple",
    "多选": "multiple",
    "多项选择题": "multiple",
    "判断题": "true_false",
    "判断": "true_false",
    "排序题": "ordering",
    "填空题": "fill_in",
    "填空": "fill_in",
    "简答题": "short_answer",
    "简答": "short_answer",
    "问答题": "short_answer",
    "匹配题": "matching",
    "完形填空题": "cloze",
    "案例分析题": "case_analysis",
    "上传题": "file_upload",
    "热区题": "hotspot",
}
NAMES = {type: name for name, type in reversed(TYPES.items())}
RULES = {
    "全对才得分": "all_or_nothing",
    "少选给分": "social_worker_exam",
    "逐项加减": "weighted",
    "全序": "exact",
    "邻序": "adjacent_pair",
    "最长序": "longest_run",
}
RULE_NAMES = {rule: name for name, rule in RULES.items()}
USUAL_RULES = {"multiple": "all_or_nothing", "ordering": "exact"}
RIGHT, WRONG = {"对", "正确", "√", "t", "true", "是"}, {"错", "错误", "×", "x", "f", "false", "否"}
DIFFICULTIES = {"易": 1, "较易": 2, "中": 3, "较难": 4, "难": 5}
MOST_CHARACTERS = 32_767
MOST_BYTES, MOST_UNPACKED, MOST_RATIO = 64 * 2**20, 512 * 2**20, 200

Cells = Mapping[str, str]


class Xlsx(Format):
    code = "xlsx"
    title = _("Excel (our template)")
    suffixes = (".xlsx",)

    def read(self, source: BinaryIO) -> Iterator[Found]:
        rows = rows_of(source.read())
        heads = [cell_text(value) for value in next(rows, [])]
        if "题型" not in heads or "题干" not in heads:
            raise FileRefused(
                Message(_("The first row must name the columns: 题型, 题干 … Take our template."))
            )
        unknown = [head for head in heads if head and head not in COLUMNS]
        warned = tuple(
            Message(_("The column %(name)s is not known here."), {"name": head}) for head in unknown
        )
        for number, row in enumerate(rows, start=2):
            cells = {head: cell_text(value) for head, value in zip(heads, row, strict=False) if head}
            if any(cells.values()):
                yield _question(at_row(number), cells, warned)
                warned = ()

    def write(self, drafts: Iterable[Draft], target: BinaryIO) -> list[Loss]:
        book = Workbook(write_only=True)
        sheet = book.create_sheet("题库")
        sheet.freeze_panes = "C2"
        for number, column in enumerate(COLUMNS):
            width = {"题干": 48, "解析": 40, "完整内容": 30}.get(column, 18 if column in OPTIONS else 10)
            sheet.column_dimensions[LETTERS[number]].width = width
        sheet.append([text_cell(sheet, column, Font(bold=True)) for column in COLUMNS])
        losses = []
        for whole in map(renumbered, drafts):
            draft, lost = without_media(whole)
            where, cells = named(draft.name or shorten(draft.body["stem"])), _cells(draft)
            if any(len(text) > MOST_CHARACTERS for text in cells.values()):
                losses.append(Loss(where, Message(_("A cell of Excel holds no text this long.")), whole=True))
                continue
            sheet.append([text_cell(sheet, cells.get(column, "")) for column in COLUMNS])
            losses += [Loss(where, each) for each in lost]
        book.save(target)
        return losses


def rows_of(content: bytes) -> Iterator[list[Any]]:
    """The rows of a workbook's first sheet. Raises FileRefused for what is no workbook, and for a bomb."""
    _check_archive(content)
    try:
        sheet = CalamineWorkbook.from_filelike(BytesIO(content)).get_sheet_by_index(0)
    except CalamineError as error:
        raise FileRefused(Message(_("This is no Excel workbook (.xlsx)."))) from error
    yield from sheet.iter_rows()


def _check_archive(content: bytes) -> None:
    """Raises FileRefused for what is no zip, and for one that unpacks to something enormous."""
    try:
        with ZipFile(BytesIO(content)) as archive:
            entries = archive.infolist()
    except BROKEN as error:
        raise FileRefused(Message(_("This is no Excel workbook (.xlsx)."))) from error
    unpacked = sum(entry.file_size for entry in entries)
    packed = max(1, sum(entry.compress_size for entry in entries))
    if (
        len(content) > MOST_BYTES
        or unpacked > MOST_UNPACKED
        or (unpacked > 2**20 and unpacked / packed > MOST_RATIO)
    ):
        raise FileRefused(Message(_("The workbook unpacks to more than a question bank could hold.")))


def cell_text(value: Any) -> str:
    """A cell as text: whole numbers without a point, nothing for an empty one."""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return str(value).strip() if value is not None else ""


def _question(where: Message, cells: Cells, warnings: Sequence[Message]) -> Found:
    seen = _as_it_stands(where, cells)
    if (noted := cells.get("完整内容")) and cells.get("题型") in TYPES:
        bare = _begun(seen, cells)
        full = told(bare, from_text(noted))
        seen = replace(full, draft=seen.draft, reason=seen.reason) if full.draft is bare.draft else full
    return replace(seen, where=where if seen.draft else seen.where, warnings=(*warnings, *seen.warnings))


def _as_it_stands(where: Message, cells: Cells) -> Found:
    """What the columns say, without what we noted besides."""
    name = cells.get("题型", "")
    if name not in TYPES:
        return skipped(where, Message(_("%(type)s is no type of question; one of: %(known)s."), _known(name)))
    try:
        body, answer = _says(TYPES[name], cells)
    except ValueError as error:
        return skipped(where, Message(_("%(column)s cannot be read."), {"column": str(error)}))
    return found(where, _draft(cells, body, answer))


def _begun(seen: Found, cells: Cells) -> Found:
    """What was found; of a question that the columns alone do not say, as much as they do say."""
    return seen if seen.draft else Found(seen.where, draft=_draft(cells, {"stem": cells.get("题干", "")}, {}))


def _draft(cells: Cells, body: dict[str, Any], answer: dict[str, Any]) -> Draft:
    return Draft(
        type=TYPES[cells["题型"]],
        body=body,
        answer=answer,
        explanation=cells.get("解析", ""),
        name=cells.get("编号", ""),
        category=tuple(filter(None, (part.strip() for part in cells.get("分类", "").split("/")))),
        tags=tuple(filter(None, (part.strip() for part in cells.get("知识点", "").split("\n")))),
        points=number_in(cells["分值"]) if cells.get("分值") else None,
        difficulty=_difficulty(cells.get("难度", "")),
    )


def _known(name: str) -> dict[str, str | int]:
    return {"type": name or "—", "known": "、".join(NAMES.values())}


def _difficulty(text: str) -> int | None:
    if text in DIFFICULTIES:
        return DIFFICULTIES[text]
    return int(text) if text.isdecimal() and 1 <= int(text) <= 5 else None


def _says(type: str, cells: Cells) -> tuple[dict[str, Any], dict[str, Any]]:
    """Body and answer. Raises ValueError with the column that cannot be read."""
    body: dict[str, Any] = {"stem": cells.get("题干", "")}
    written = cells.get("答案", "")
    if type == "true_false":
        body["options"] = [dict(each) for each in TRUE_FALSE]
        return body, {"rule": "exact", "correct": _judgement(written)}
    if type == "short_answer":
        criteria = [{"id": "c1", "text": BY_SAMPLE, "max": cells.get("分值") or 10}]
        return body, {"rule": "rubric", "criteria": criteria, **({"sample": written} if written else {})}
    if type == "fill_in":
        body["blanks"] = [{"id": "b1", "label": BLANK_LABEL}]
        accepted = [line.strip() for line in written.split("\n") if line.strip()]
        return body, {"rule": "per_blank", "blanks": {"b1": {"accepted": accepted}}}
    if type in ("single", "multiple", "ordering"):
        body["options"] = [
            {"id": f"o{LETTERS.index(each) + 1}", "text": cells[each]} for each in OPTIONS if cells.get(each)
        ]
        chosen = [f"o{LETTERS.index(each) + 1}" for each in written.upper() if each in LETTERS]
        return body, _choice(type, chosen, cells.get("计分", ""))
    raise ValueError("完整内容")


def _judgement(written: str) -> str:
    if written.lower() in RIGHT:
        return "true"
    if written.lower() in WRONG:
        return "false"
    raise ValueError("答案")


def _choice(type: str, chosen: list[str], rule: str) -> dict[str, Any]:
    if type == "single":
        if len(chosen) != 1:
            raise ValueError("答案")
        return {"rule": "exact", "correct": chosen[0]}
    if rule and rule not in RULES:
        raise ValueError("计分")
    named = RULES.get(rule, USUAL_RULES[type])
    return {"rule": named, "correct": chosen} if type == "multiple" else {"rule": named, "orders": [chosen]}


def _cells(draft: Draft) -> dict[str, str]:
    """The row of a draft; with 完整内容 where the other columns alone would say something else."""
    cells = {
        "题型": NAMES[draft.type],
        "题干": draft.body["stem"],
        "答案": _answer_text(draft),
        "解析": draft.explanation,
        "分值": as_text(draft.points) if draft.points is not None else "",
        "难度": str(draft.difficulty or ""),
        "知识点": "\n".join(draft.tags),
        "分类": "/".join(draft.category),
        "计分": RULE_NAMES.get(draft.answer["rule"], "") if draft.type in USUAL_RULES else "",
        "编号": draft.name,
    }
    cells |= {
        letter: option["text"] for letter, option in zip(OPTIONS, draft.body.get("options", ()), strict=False)
    }
    read = {column: _plain(text) for column, text in cells.items()}
    if facts := unsaid(_begun(_as_it_stands(at_row(0), read), read), draft):
        cells["完整内容"] = facts_text(facts)
    return cells


def _plain(text: str) -> str:
    """The text as it is read back from a cell."""
    return ILLEGAL_CHARACTERS_RE.sub("", text.replace("\r\n", "\n").replace("\r", "\n")).strip()


def _answer_text(draft: Draft) -> str:
    letters = {
        option["id"]: letter for letter, option in zip(OPTIONS, draft.body.get("options", ()), strict=False)
    }
    answer = draft.answer
    if draft.type == "true_false":
        return "对" if answer["correct"] == "true" else "错"
    if draft.type == "fill_in":
        keys = list(answer["blanks"].values())
        return "\n".join(map(str, keys[0].get("accepted", ()))) if len(keys) == 1 else ""
    if "sample" in answer:
        return str(answer["sample"])
    chosen = answer.get("correct") or next(iter(answer.get("orders", ())), ())
    return "".join(letters.get(each, "") for each in ([chosen] if isinstance(chosen, str) else chosen))

"""What a person marks, and what Moodle has no type for, written as an essay."""

from collections.abc import Mapping
from decimal import Decimal
from html import escape

from assessments.formats.exchange import Draft
from assessments.formats.moodle_xml.sheet import Sheet, begin, html, points
from assessments.formats.uploads import suffixes_of
from assessments.items.base import JSONObject
from assessments.items.forms import LETTERS
from assessments.items.problems import gettext_noop as _
from assessments.items.types.file_upload import most_files, most_mb


def written(sheet: Sheet) -> None:
    """Short answer and case analysis: an essay; Moodle's marker finds the rubric beside the answer."""
    body = sheet.draft.body
    parts = body.get("parts", ())
    _essay(sheet, _full_marks(sheet.draft), {"responseformat": "editor", "attachments": "0"})
    sheet.html("graderinfo", _rubric(body, sheet.draft.answer))
    sheet.html("responsetemplate", "".join(f"<p>{html(each['label'])}</p>" for each in parts))
    if "max_chars" in body or any("max_chars" in each for each in parts):
        sheet.lose(_("Moodle does not limit the number of characters of an answer."))


def file_upload(sheet: Sheet) -> None:
    body = sheet.draft.body
    asked = {
        "responseformat": "noinline",
        "attachments": str(most_files(body)),
        "filetypeslist": suffixes_of(body["kinds"]),
        "maxbytes": str(most_mb(body) * 2**20),
    }
    _essay(sheet, _full_marks(sheet.draft), asked)
    sheet.html("graderinfo", _rubric(body, sheet.draft.answer))


def hotspot(sheet: Sheet) -> None:
    """The picture, and what its areas are called, above an essay."""
    body = sheet.draft.body
    labels = dict(zip((each["id"] for each in body["spots"]), LETTERS, strict=False))
    right = "、".join(labels[each] for each in sheet.draft.answer["correct"])
    _essay(sheet, points(sheet), {"responseformat": "editor", "attachments": "0"})
    sheet.html("graderinfo", f"<p>参考答案：{right}</p>")
    sheet.lose(_("Moodle shows the picture with an essay: no areas of it can be chosen there."))


def _full_marks(draft: Draft) -> Decimal:
    maxima = (Decimal(str(each["max"])) for each in draft.answer["criteria"])
    return draft.points if draft.points is not None else sum(maxima, Decimal(0))


def _essay(sheet: Sheet, worth: Decimal, asked: Mapping[str, str]) -> None:
    begin(sheet, "essay", html(sheet.draft.body["stem"]), worth)
    attached = "1" if asked["responseformat"] == "noinline" else "0"
    for tag, value in (
        *asked.items(),
        ("responserequired", "0" if attached == "1" else "1"),
        ("responsefieldlines", "15"),
        ("attachmentsrequired", attached),
    ):
        sheet.put(tag, value)


def _rubric(body: JSONObject, key: JSONObject) -> str:
    labels = {each["id"]: each["label"] for each in body.get("parts", ())}
    rows = [
        f"<li>{html(labels.get(each.get('part'), ''))}{html(each['text'])}（{escape(str(each['max']))} 分）</li>"
        for each in key["criteria"]
    ]
    penalty = f"<p>扣分：{html(key['penalty'])}</p>" if "penalty" in key else ""
    sample = f"<p>参考答案：{html(key['sample'])}</p>" if "sample" in key else ""
    return f"<p>评分标准</p><ul>{''.join(rows)}</ul>{penalty}{sample}"

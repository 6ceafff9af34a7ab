"""Orders for the press without any record behind them, and what can be read from a print."""

from __future__ import annotations

from dataclasses import replace
from io import BytesIO
from typing import Any

import numpy as np
import pypdfium2
from PIL import Image, ImageDraw
from pypdf import PdfReader

from certificates.press import Attachment, Order
from certificates.press.theming import load_theme
from certificates.printing import qr_svg

ADDRESS = "https://verify.example/verify/AAAAAAAAAAAAAAAAAAAAAA/"
QR = {"error": "m", "border": 4, "dark": "#1d2829"}
CONTEXT: dict[str, Any] = {
    "certificate_title": "培训合格证书",
    "serial": "SQ-2026-QHXY-10-000001-5",
    "scheme": {"title": "数字治理 1+N", "level": "初级", "basis": "数字治理 1+N（初级）方案，第 1 版"},
    "holder": {"name": "许知秋", "id_kind": "", "id_masked": "3301************42"},
    "period": {"since": "二〇二六年三月九日", "until": "九月十一日"},
    "hours": "十二",
    "modules": [
        {"title": "数据分析", "basis": "课程学完", "result": "6 学时"},
        {"title": "基础模块考试", "basis": "考试合格", "result": "86"},
    ],
    "view": {"title": "三维能力视图 A", "version": 1},
    "axes": [
        {"title": "专业能力", "leaves": "政策法规、社会工作方法", "score": "86"},
        {"title": "共情能力", "leaves": "共情与心理疏导", "score": ""},
    ],
    "not_included": ["政治素养", "创新"],
    "mentor": {"name": "沈静文", "tier": "骨干", "agreement_no": "QL-2025-041"},
    "issuer": {"name": "青禾区社区治理学院"},
    "issued_on": "二〇二六年九月二十日",
    "valid_until": "2029 年 9 月 19 日",
    "verify_host": "verify.example",
    "verify_code": "AAAAAAAAAAAAAAAAAAAAAA",
    "qr_svg": qr_svg(ADDRESS, QR),
    "status_sentence": "内部培训证书：状态以扫码查验结果为准。",
    "sample": False,
}


def make_order(theme: str = "standard", *, name: str = "许知秋", **changes: Any) -> Order:
    """An order for 许知秋's certificate; `changes` are fields of the order, or of its context."""
    own = {key: changes.pop(key) for key in list(changes) if key in Order.__dataclass_fields__}
    shown: dict[str, Any] = {"seal_svg": load_theme(theme).seal_of(CONTEXT["issuer"]["name"])}
    shown |= {"pictures": {each.partition(".")[0]: each for each in own.get("pictures", {})}}
    order = Order(
        theme=theme,
        context=CONTEXT | {"holder": CONTEXT["holder"] | {"name": name}} | shown | changes,
        serial=CONTEXT["serial"],
        address=ADDRESS,
        made_at="2026-09-20T09:30:00.123456+08:00",
    )
    return replace(order, **own)


def make_photo() -> bytes:
    """A portrait of nobody."""
    picture = Image.new("RGB", (295, 413), "#c9d6d5")
    ImageDraw.Draw(picture).ellipse((80, 90, 215, 260), fill="#8aa")
    out = BytesIO()
    picture.save(out, "JPEG")
    return out.getvalue()


CREDENTIAL = Attachment("credential.json", "application/json", '{"名": "许知秋"}'.encode(), "Source")


def text_of(pdf: bytes) -> str:
    """The text a reader would copy, without white space."""
    return "".join("".join(page.extract_text().split()) for page in PdfReader(BytesIO(pdf)).pages)


def picture_of(pdf: bytes, dots: int = 150) -> Image.Image:
    """The first page in so many dots an inch."""
    page = pypdfium2.PdfDocument(pdf)[0]
    return page.render(scale=dots / 72).to_pil().convert("RGB")


def unlike(one: Image.Image, other: Image.Image) -> float:
    """The share of pixels that a reader could tell apart."""
    assert one.size == other.size
    far = np.abs(np.asarray(one, dtype=np.int16) - np.asarray(other, dtype=np.int16)).max(axis=2)
    return float((far > 24).mean())

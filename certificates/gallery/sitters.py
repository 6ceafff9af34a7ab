"""Made-up people who sit for a theme's picture: one whom everything becomes, and one with the longest of everything.

Built as a certificate's rows are, and never stored: they go through the same order as any certificate.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from functools import cache
from io import BytesIO
from typing import Any

from django.utils import timezone
from PIL import Image, ImageDraw

from assessments.models import SchemeVersion
from certificates.models import Certificate, HolderSnapshot, Issuer, Succession
from certificates.printing import Printable
from certificates.serials import placeholder
from competencies.framework import leaf_titles
from core.hashing import content_hash
from people.naming import LONGEST_NAME

PLAIN, WORST = "plain", "worst"
PLACEHOLDER_CODE = "0" * 22
_SCHEME = {
    "key": "sitting",
    "level": "elementary",
    "valid_months": 36,
    "view": "A@1",
    "rule": {"id": "course", "kind": "course", "title": "课程", "subject": "course", "minutes": 60},
}
_MODULES = {
    PLAIN: [
        ("办公软件与数据分析", "考试合格", "86"),
        ("舆情管理", "考试合格", "82"),
        ("老楼新梯", "情景推演合格", "78.5"),
    ],
    WORST: [
        ("社区网格数据采集、清洗与可视化分析（含工单热力图制作）", "课程学完", "120 学时"),
        ("办公软件与数据分析基础模块综合考试（上机操作与简答）", "考试合格", "100"),
        ("智慧安防系统日常巡检与突发事件应急联动处置", "考试合格", "98.5"),
        ("网络舆情监测、研判与回应：从发现到闭环的完整流程", "考试合格", "97.5"),
        ("老楼新梯：加装电梯居民协商中的十二个选择", "情景推演合格", "88.5"),
        ("暴雨夜：地下车库积水时的四十分钟", "情景推演合格", "91.5"),
        ("社区工作方法实务工作坊：个案、小组与社区", "工作坊", "24.5 学时"),
        ("师徒结对跟岗实践（入户、调解、值守、文书）", "实践学时", "160 学时"),
    ],
}
_AXES = {
    PLAIN: [
        ("专业", "政策法规、社会工作方法", "86"),
        ("技术", "数字技术", "82"),
        ("共情", "共情与心理疏导", "91"),
    ],
    WORST: [
        (title, title, "" if place == 5 else f"{99.5 - place}")
        for place, title in enumerate(leaf_titles().values())
    ],
}
_LEFT_OUT = {PLAIN: ["政治素养", "协调与资源", "应急处置", "创新"], WORST: []}
_NAMES = {
    PLAIN: "许知秋",
    WORST: ("阿卜杜热合曼·㛃𬭎·扎西顿珠·" + "Alexandra Nurbakyt Tenzin Dolma")[:LONGEST_NAME],
}


def sitter(kind: str, *, issuer: Issuer, theme: str, now: datetime) -> Printable:
    """Somebody who does not exist, PLAIN or WORST, with a placeholder number and 样张 across the page."""
    worst = kind == WORST
    today = timezone.localdate(now)
    version = _version("资深社区工作者数字治理与应急处置 1+N" if worst else "社区数字治理 1+N", worst)
    certificate = Certificate(
        serial=str(placeholder(issuer=issuer, year=today.year, module="10")),
        code=PLACEHOLDER_CODE,
        issuer=issuer,
        year=today.year,
        number=0,
        scheme_version=version,
        title=version.definition["certificate_title"],
        theme=theme,
        pairing_key="QL-2025-041-QHXY-000103" if worst else "QL-2025-041",
        view_ref="A@1",
        snapshot=_snapshot(kind, now),
        hours=Decimal("1024.5" if worst else 46),
        issued_at=now,
        valid_from=today + timedelta(days=30 if worst else 0),
        valid_until=today.replace(month=12, day=31, year=today.year + 3),
    )
    if worst:
        certificate.follows = Certificate(serial="SQ-2026-QHXY-10-000103-9")
        certificate.follows_as = Succession.CORRECTION
    holder = HolderSnapshot(
        printed_name=_NAMES[kind],
        masked_id="3301************42",
        mentor_name="沈静文" if not worst else _NAMES[WORST][:24],
        signer_name="",
    )
    return Printable(certificate, holder, sample=True)


@cache
def stand_in_photo() -> bytes:
    """A passport picture of nobody: head and shoulders as one shape, 3 : 4."""
    picture = Image.new("RGB", (300, 400), "#e6e0d0")
    pen = ImageDraw.Draw(picture)
    pen.ellipse((95, 80, 205, 220), fill="#9aa7a3")
    pen.ellipse((30, 250, 270, 560), fill="#9aa7a3")
    written = BytesIO()
    picture.save(written, "JPEG", quality=88)
    return written.getvalue()


def _version(title: str, worst: bool) -> SchemeVersion:
    named = {
        "title": f"{title}（初级）",
        "certificate_title": "社区数字治理能力单元证书" if worst else "培训合格证书",
    }
    definition: dict[str, Any] = _SCHEME | named
    return SchemeVersion(
        key="sitting",
        number=5,
        title=named["title"],
        definition=definition,
        content_hash=content_hash(definition),
    )


def _snapshot(kind: str, now: datetime) -> dict[str, Any]:
    first, last = (
        timezone.localdate(now - timedelta(days=days)) for days in (400 if kind == WORST else 190, 12)
    )
    return {
        "modules": [dict(zip(("title", "basis", "result"), row, strict=True)) for row in _MODULES[kind]],
        "axes": [dict(zip(("title", "leaves", "score"), row, strict=True)) for row in _AXES[kind]],
        "left_out": _LEFT_OUT[kind],
        "period": [first.isoformat(), last.isoformat()],
        "mentor_tier": "骨干",
    }

"""What a certificate costs to print: `python -m benchmarks.certificates` from the project's root.

`certificate_stock` is WeasyPrint as its manual shows it: one document per person, fonts and style sheet loaded anew.
`certificate_full` is the product's own path. Both print the same page for the same people, turn by turn.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from statistics import median
from time import perf_counter

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cms.settings.test")
django.setup()

from weasyprint import CSS, HTML  # noqa: E402
from weasyprint.text.fonts import FontConfiguration  # noqa: E402

from assessments.models import SchemeVersion  # noqa: E402
from benchmarks.figures import report  # noqa: E402
from certificates.credentials import new_code  # noqa: E402
from certificates.models import Certificate, HolderSnapshot, Issuer  # noqa: E402
from certificates.press.theming import load_theme  # noqa: E402
from certificates.printing import Printable, context_of, print_certificate  # noqa: E402
from certificates.serials import SerialNumber  # noqa: E402

NAMES = ["许知秋", "欧阳𬭎", "阿依古丽·买买提", "沈静文", "程野", "顾南", "蒋一帆", "韩立群", "邹敏"]
DEFINITION = {
    "key": "digital-governance",
    "title": "数字治理 1+N（初级）",
    "level": "elementary",
    "valid_months": 36,
    "view": "A@1",
    "certificate_title": "培训合格证书",
    "rule": {"id": "c", "kind": "course", "title": "数据分析", "subject": "data-analysis", "minutes": 90},
}
SNAPSHOT = {
    "modules": [
        {"title": "数据分析", "basis": "课程学完", "result": "6 学时"},
        {"title": "基础模块考试", "basis": "考试合格", "result": "86"},
        {"title": "智慧安防", "basis": "课程学完", "result": "6 学时"},
        {"title": "智慧安防考试", "basis": "考试合格", "result": "82"},
    ],
    "axes": [
        {"title": "专业能力", "leaves": "政策法规、社会工作方法", "score": "86"},
        {"title": "技术能力", "leaves": "数字技术", "score": "82"},
        {"title": "共情能力", "leaves": "共情与心理疏导", "score": ""},
    ],
    "left_out": ["政治素养", "协调与资源", "应急处置", "创新"],
    "period": ["2026-03-09", "2026-09-11"],
    "mentor_tier": "骨干",
}


def printable(turn: int) -> Printable:
    """A certificate that was never stored, for the person whose turn it is."""
    certificate = Certificate(
        serial=str(SerialNumber(2026, "QHXY", "10", turn + 1)),
        code=new_code(),
        issuer=Issuer(code="QHXY", name="青禾区社区治理学院"),
        scheme_version=SchemeVersion(number=1, title=DEFINITION["title"], definition=DEFINITION),
        title="培训合格证书",
        theme="standard",
        pairing_key="QL-2025-041",
        view_ref="A@1",
        snapshot=SNAPSHOT,
        hours=Decimal("12.0"),
        issued_at=datetime(2026, 9, 20, tzinfo=UTC),
        valid_from=date(2026, 9, 20),
        valid_until=date(2029, 9, 19),
    )
    holder = HolderSnapshot(
        printed_name=NAMES[turn % len(NAMES)], masked_id="3301************42", mentor_name="沈静文"
    )
    return Printable(certificate, holder)


def print_stock(one: Printable) -> bytes:
    """The same page without anything kept from one person to the next."""
    theme = load_theme(one.certificate.theme)
    html, root = theme.html(context_of(one, theme)), theme.pdf.root
    fonts = FontConfiguration()
    sheets = [CSS(filename=str(root / name), font_config=fonts) for name in theme.pdf.stylesheets]
    pdf: bytes = HTML(string=html, base_url=root.as_uri() + "/").write_pdf(
        stylesheets=sheets, font_config=fonts
    )
    return pdf


def measure(print_one: Callable[[Printable], bytes], one: Printable) -> tuple[float, int]:
    """Milliseconds and bytes of one print."""
    begun = perf_counter()
    pdf = print_one(one)
    return (perf_counter() - begun) * 1000, len(pdf)


def main(rounds: int = 8) -> None:
    ways = {"certificate_stock": print_stock, "certificate_full": print_certificate}
    times: dict[str, list[float]] = {name: [] for name in ways}
    sizes: dict[str, int] = {}
    for turn in range(rounds + 1):
        for name, way in ways.items():
            spent, size = measure(way, printable(turn))
            if turn:  # the first round warms up both
                times[name].append(spent)
                sizes[name] = size
    for name, spent in times.items():
        extra: dict[str, object] = {"ms": round(median(spent), 1), "kib": round(sizes[name] / 1024)}
        if name != "certificate_stock":
            faster = [stock / one for one, stock in zip(spent, times["certificate_stock"], strict=True)]
            extra |= {"ratio": round(median(faster), 2), "ratio_to": "certificate_stock"}
        report(name, "certificates/s", [1000 / one for one in spent], **extra)


if __name__ == "__main__":
    main()

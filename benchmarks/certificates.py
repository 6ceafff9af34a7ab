"""What a certificate costs to print: `python -m benchmarks.certificates` from the project's root.

All ways print the same page for the same people, turn by turn, from the record to the bytes: the QR code is worked out
each time. `certificate_stock` is WeasyPrint as its manual shows it: one document per person, fonts and style sheet
loaded anew; plain PDF. `certificate_full` and `certificate_fast` are the product's two paths (`certificates/press`):
tagged PDF/UA-1 and PDF/A-3u, without attachments. `certificate_typst` is Typst with its compiler reused.

`certificate_workers`: two processes that print shares of the same orders, against one that prints them all.
`certificate_many`: people with names and periods of all lengths, one after another in one process; its memory after the
first thousand and at the end, and how many plates were cast. `python -m benchmarks.certificates many 10000` prints that
many; without a number 3 000 are printed.
"""

from __future__ import annotations

import json
import multiprocessing
import os
import random
import resource
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from statistics import median
from time import perf_counter

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cms.settings.test")
django.setup()

import typst  # noqa: E402
from weasyprint import CSS, HTML  # noqa: E402
from weasyprint.text.fonts import FontConfiguration  # noqa: E402

from assessments.models import SchemeVersion  # noqa: E402
from benchmarks.figures import report  # noqa: E402
from certificates.credentials import new_code  # noqa: E402
from certificates.models import Certificate, HolderSnapshot, Issuer  # noqa: E402
from certificates.press.full import print_full  # noqa: E402
from certificates.press.numerals import date_in_words, day_in_words  # noqa: E402
from certificates.press.orders import Order  # noqa: E402
from certificates.press.plates import print_fast  # noqa: E402
from certificates.press.plates.printing import plates_cast  # noqa: E402
from certificates.press.theming import load_theme  # noqa: E402
from certificates.printing import Printable, context_of, order_of  # noqa: E402
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


def print_by_typst() -> Callable[[Printable], bytes]:
    """The page by a Typst compiler that is kept."""
    theme = load_theme("standard")
    folder = Path(tempfile.mkdtemp())
    page = shutil.copy(Path(__file__).with_name("certificate.typ"), folder)
    for name in theme.definition["assets"]:
        shutil.copy(theme.pdf.root / name, folder)
    compiler = typst.Compiler(page, root=folder)

    def print_one(one: Printable) -> bytes:
        context = json.dumps(context_of(one, theme), ensure_ascii=False)
        pdf = compiler.compile(format="pdf", sys_inputs={"context": context})
        assert isinstance(pdf, bytes)
        return pdf

    return print_one


def print_quickly(one: Printable) -> bytes:
    printed = print_fast(order_of(one))
    assert printed is not None
    return printed.pdf


def measure(print_one: Callable[[Printable], bytes], ones: list[Printable]) -> tuple[float, int]:
    """Milliseconds and bytes of one print, the median of several."""
    spent = []
    for one in ones:
        begun = perf_counter()
        pdf = print_one(one)
        spent.append((perf_counter() - begun) * 1000)
    return median(spent), len(pdf)


def compare_ways(rounds: int = 8) -> None:
    ways: dict[str, tuple[Callable[[Printable], bytes], int]] = {
        "certificate_stock": (print_stock, 1),
        "certificate_full": (lambda one: print_full(order_of(one)).pdf, 1),
        "certificate_typst": (print_by_typst(), 5),
        "certificate_fast": (print_quickly, 15),
    }
    for turn in range(len(NAMES)):  # every shape once: casting plates is measured with the many
        print_quickly(printable(turn))
    times: dict[str, list[float]] = {name: [] for name in ways}
    sizes: dict[str, int] = {}
    for turn in range(rounds + 1):
        for name, (way, often) in ways.items():
            spent, size = measure(way, [printable(turn * often + each) for each in range(often)])
            if turn:  # the first round warms up
                times[name].append(spent)
                sizes[name] = size
    for name, own in times.items():
        extra: dict[str, object] = {"ms": round(median(own), 1), "kib": round(sizes[name] / 1024)}
        if name != "certificate_stock":
            extra |= {"ratio": ratio(times["certificate_stock"], own), "ratio_to": "certificate_stock"}
            extra |= {"bytes_of_stock": round(sizes[name] / sizes["certificate_stock"], 3)}
        if name == "certificate_fast":
            extra |= {"ratio_to_typst": ratio(times["certificate_typst"], own)}
        report(name, "certificates/s", [1000 / one for one in own], **extra)


def ratio(slow: list[float], quick: list[float]) -> float:
    return round(median(one / other for one, other in zip(slow, quick, strict=True)), 2)


def somebody(turn: int, chance: random.Random) -> Order:
    """An order for a person of any name, who learned in any period."""
    order = order_of(printable(turn))
    since = date(2026, 1, 1) + timedelta(days=chance.randrange(200))
    until = since + timedelta(days=chance.randrange(7, 150))
    letters = "".join(chr(chance.randrange(0x4E00, 0x9FA0)) for _ in range(20))
    letters = "".join(char for char in letters if _is_common(char))
    length = chance.choices((2, 3, 4, 9), (15, 80, 3, 2))[0]
    name = (letters + "许知秋沈静文程野顾南")[:length]
    context = {
        **order.context,
        "holder": {**order.context["holder"], "name": name if length < 9 else f"{name[:5]}·{name[5:]}"},
        "period": {"since": date_in_words(since), "until": day_in_words(until)},
    }
    return replace(order, context=context)


def _is_common(char: str) -> bool:
    try:
        char.encode("gb2312")
    except UnicodeEncodeError:
        return False
    return True


def _print_all(orders: list[Order], start: object, done: object) -> None:
    for order in orders[:3]:
        print_fast(order)
    start.wait()  # type: ignore[attr-defined]
    for order in orders:
        print_fast(order)
    done.wait()  # type: ignore[attr-defined]


def spent_by(workers: int, orders: list[Order]) -> float:
    """Seconds until as many processes have printed their shares."""
    own = multiprocessing.get_context("fork")
    start, done = own.Barrier(workers + 1), own.Barrier(workers + 1)
    shares = [orders[number::workers] for number in range(workers)]
    running = [own.Process(target=_print_all, args=(share, start, done)) for share in shares]
    for each in running:
        each.start()
    start.wait()
    begun = perf_counter()
    done.wait()
    spent = perf_counter() - begun
    for each in running:
        each.join()
    return spent


def compare_workers(rounds: int = 3, prints: int = 600) -> None:
    orders = [order_of(printable(turn)) for turn in range(prints)]
    one, two = [], []
    for _ in range(rounds):
        one.append(spent_by(1, orders))
        two.append(spent_by(2, orders))
    extra = {"ratio": ratio(one, two), "ratio_to": "one worker", "workers": 2}
    report("certificate_workers", "certificates/s", [prints / each for each in two], **extra)


def print_many(count: int) -> None:
    chance = random.Random(20261123)
    begun, memory, full, size = perf_counter(), {}, 0, 0
    for turn in range(count):
        order = somebody(turn, chance)
        printed = print_fast(order)
        full += printed is None
        size += len((printed or print_full(order)).pdf)
        if turn + 1 in (200, 1000, count):
            memory[turn + 1] = {
                "mib": _resident(),
                "plates": plates_cast(),
                "s": round(perf_counter() - begun, 1),
            }
    rate = count / (perf_counter() - begun)
    peak = round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)
    report(
        "certificate_many",
        "certificates/s",
        [rate],
        full=full,
        after=memory,
        peak_mib=peak,
        kib=size // count // 1024,
    )


def _resident() -> int:
    """MiB of memory held now."""
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * resource.getpagesize() // 2**20


def main() -> None:
    if "many" in sys.argv:
        print_many(int(sys.argv[2]) if len(sys.argv) > 2 else 3000)
        return
    compare_ways()
    compare_workers()
    subprocess.run([sys.executable, "-m", "benchmarks.certificates", "many"], check=True)


if __name__ == "__main__":
    main()

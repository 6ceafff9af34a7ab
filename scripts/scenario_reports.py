"""Write what the checks of the shipped scenarios found as pages with pictures.

`.venv/bin/python scripts/scenario_reports.py` writes docs/scenarios/*.zh.md and *.svg from the reports of the pack
(`check_scenario FILE --untimed --json`); tests/test_scenario_reports.py compares.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from html import escape
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
PACK = ROOT / "cms" / "demo" / "pack" / "scenarios"
TARGET = ROOT / "docs" / "scenarios"

ROW, LEFT, PLOT, EDGE = 26, 290, 330, 80
WIDTH = LEFT + PLOT + EDGE
STYLE = (
    "<style>text{font:14px 'Noto Sans CJK SC','Source Han Sans SC','PingFang SC',sans-serif;fill:#1f2b24}"
    ".track{fill:#ddd6c6}.bar{fill:#0f6d5f}.line{stroke:#9a4b1f;stroke-dasharray:4 3}"
    ".axis{stroke:#857f70}.dot{fill:#1f2f5c;fill-opacity:.7}.ground{fill:#fffdf8}</style>"
)


def reports() -> Iterator[tuple[str, Any, Mapping[str, Any]]]:
    """Name, scenario and report of every shipped scenario whose report is about what it says now."""
    from simulations.engine.document import parse_text

    for file in sorted((PACK / "checks").glob("*.json")):
        report = json.loads(file.read_text(encoding="utf-8"))
        scenario = parse_text((PACK / file.name).read_text(encoding="utf-8"))
        if report["content_hash"] == scenario.content_hash:
            yield file.stem, scenario, report


def pages() -> dict[str, str]:
    """Every file by name: pages and pictures. Django is set up, the language is Chinese."""
    files: dict[str, str] = {}
    for name, scenario, report in reports():
        files[f"{name}.zh.md"] = page(name, scenario, report)
        files |= {f"{name}-{kind}.svg": picture for kind, picture in pictures(scenario, report).items()}
    return files


def pictures(scenario: Any, report: Mapping[str, Any]) -> dict[str, str]:
    """Spans, ways of playing, and the two scatters."""
    from simulations.admin.check_charts import scatters, total_bars
    from simulations.admin.check_reading import Reading

    spans = [(bar.name, bar.x, bar.width, f"{bar.least:g}–{bar.most:g}") for bar in total_bars(report)]
    ways = [
        (way.name, way.low, way.width, way.pass_rate) for way in Reading(report, scenario, 0).strategies()
    ]
    drawn = scatters(scenario)
    return {
        "spans": bars(spans, mark=float(scenario.marks.total)),
        "ways": bars(ways, mark=None),
        "length": dots(drawn["length"], "选项比本节点平均长多少字", "得分"),
        "position": dots(drawn["position"], "选项在本节点里的先后", "得分"),
    }


def bars(rows: Sequence[tuple[str, float, float, str]], *, mark: float | None) -> str:
    """Rows of name, start, length (0–100) and what stands beside it."""
    height = ROW * len(rows) + 20
    parts = [f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" role="img">', STYLE]
    parts.append(f'<rect class="ground" width="{WIDTH}" height="{height}"/>')
    for number, (name, start, length, said) in enumerate(rows):
        y = 10 + ROW * number
        parts.append(f'<text x="{LEFT - 10}" y="{y + 16}" text-anchor="end">{escape(name[:22])}</text>')
        parts.append(f'<rect class="track" x="{LEFT}" y="{y + 8}" width="{PLOT}" height="8"/>')
        x, width = LEFT + PLOT * start / 100, PLOT * length / 100
        parts.append(f'<rect class="bar" x="{x:.1f}" y="{y + 6}" width="{width:.1f}" height="12"/>')
        parts.append(f'<text x="{LEFT + PLOT + 8}" y="{y + 16}">{escape(said)}</text>')
    if mark is not None:
        x = LEFT + PLOT * mark / 100
        parts.append(f'<line class="line" x1="{x:.1f}" x2="{x:.1f}" y1="4" y2="{height - 4}"/>')
    return "\n".join([*parts, "</svg>", ""])


def dots(scatter: Any, across: str, up: str) -> str:
    """Options as dots; the middle is the mean of a node."""
    width, height = scatter.width, scatter.height
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height + 26}" role="img">',
        STYLE,
    ]
    parts.append(f'<rect class="ground" width="{width}" height="{height + 26}"/>')
    parts.append(f'<line class="axis" x1="0" x2="{width}" y1="{height // 2}" y2="{height // 2}"/>')
    parts.append(f'<line class="axis" y1="0" y2="{height}" x1="{width // 2}" x2="{width // 2}"/>')
    parts += [f'<circle class="dot" cx="{dot.x}" cy="{dot.y}" r="4"/>' for dot in scatter.dots]
    parts.append(f'<text x="{width - 8}" y="{height + 18}" text-anchor="end">{across} →</text>')
    parts.append(f'<text x="8" y="18">↑ {up}</text>')
    return "\n".join([*parts, "</svg>", ""])


def page(name: str, scenario: Any, report: Mapping[str, Any]) -> str:
    """The page of one scenario."""
    from simulations.admin.check_reading import Reading

    reading = Reading(report, scenario, 0)
    lines = [f"# 《{scenario.title}》检查报告", "", *_verdict(report), ""]
    lines += [f"命令：`check_scenario cms/demo/pack/scenarios/{name}.json --untimed --json`。", ""]
    for group in reading.groups():
        lines += [f"## {group.title}（{len(group.findings)}）", ""]
        for each in group.findings:
            lines.append(f"- **{each.title}**：{each.text}")
            if each.path:
                lines.append(f"  路径 `{each.path.written}`。{each.path.outcome}")
        lines.append("")
    lines += _endings(reading)
    lines += ["## 最低和最高", "", f"![总分和各维度的最低、最高]({name}-spans.svg)", ""]
    lines += _ways(reading, name)
    lines += _signs(reading, name)
    lines += _lenses(reading)
    return "\n".join(lines).rstrip() + "\n"


def _verdict(report: Mapping[str, Any]) -> list[str]:
    if report["exact"]:
        return [f"共 {report['states']:,} 种状态，全部看过：以下都已证明。"]
    return [f"状态太多，没有全部看：随机试走 {report['plays_drawn']:,} 次。没看到的不等于没有。"]


def _table(head: Sequence[str], rows: Sequence[Sequence[object]]) -> list[str]:
    lines = ["| " + " | ".join(head) + " |", "|" + "---|" * len(head)]
    return [*lines, *("| " + " | ".join(str(cell) for cell in row) + " |" for row in rows), ""]


def _endings(reading: Any) -> list[str]:
    words = {True: "是", False: "从不", None: "没看到"}
    rows = [
        (
            each.title,
            words[each.reachable],
            f"{each.share}（{each.interval}）",
            f"`{each.path.written}`" if each.path else "",
        )
        for each in reading.endings()
    ]
    return ["## 结局", "", *_table(("结局", "走得到", "随便选的人有多少走到（95% 区间）", "一条路"), rows)]


def _ways(reading: Any, name: str) -> list[str]:
    rows = [
        (
            way.name,
            f"{way.pass_rate} {way.interval}".strip(),
            "–" if way.mean_total is None else way.mean_total,
            way.ending,
        )
        for way in reading.strategies()
    ]
    table = _table(("走法", "通过（95% 区间）", "平均总分", "结局"), rows)
    return ["## 不动脑筋的人会怎样", "", f"![各种走法的通过率]({name}-ways.svg)", "", *table]


def _signs(reading: Any, name: str) -> list[str]:
    said = [f"{sign}与得分：r = {'无' if r is None else r}（{n} 个选项）" for sign, r, n in reading.signs()]
    pictures = f"![选项长短与得分]({name}-length.svg) ![选项先后与得分]({name}-position.svg)"
    return [
        "## 不读题能猜出来吗",
        "",
        "；".join(said) + "。绝对值到 0.3、又不像是偶然，就提醒。",
        "",
        pictures,
        "",
    ]


def _lenses(reading: Any) -> list[str]:
    rows = [(each.name, each.best, each.random, f"{each.least}–{each.most}") for each in reading.lenses()]
    if not rows:
        return []
    return ["## 各方怎么看", "", *_table(("哪一方", "照得分走", "随便选", "看到的范围"), rows)]


def main() -> None:
    """Write every file anew, and take away what no scenario has any more."""
    import django

    sys.path.insert(0, str(ROOT))
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cms.settings.test")
    django.setup()
    from django.utils import translation

    TARGET.mkdir(exist_ok=True)
    with translation.override("zh-hans"):
        files = pages()
    for old in TARGET.iterdir():
        if old.name not in files:
            old.unlink()
    for name, text in files.items():
        (TARGET / name).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()

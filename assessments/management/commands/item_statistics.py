"""`item_statistics FILE.csv`: the classical statistics of a score matrix held elsewhere, on paper exams too."""

from __future__ import annotations

from argparse import ArgumentParser, RawDescriptionHelpFormatter
from collections.abc import Callable, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from assessments.statistics import (
    ItemStatistics,
    Reason,
    Suspicion,
    TestStatistics,
    each_item,
    marks_of,
    suspicions_of,
    whole_test,
)
from assessments.statistics.cells import SheetRefused
from assessments.statistics.maxima import read_maxima
from assessments.statistics.score_sheets import ScoreSheet, check_maxima, read_scores
from assessments.wording import in_words
from core.commands import Report, ReportCommand
from core.errors import Refusal

Read = TypeVar("Read")

WHY = {
    Reason.WRONG_KEY: gettext_lazy("the key may be wrong"),
    Reason.NEGATIVE: gettext_lazy("weak candidates do better than strong ones"),
    Reason.BELOW_GUESSING: gettext_lazy("candidates do worse than by guessing"),
    Reason.HARD: gettext_lazy("almost nobody earns points"),
    Reason.EASY: gettext_lazy("almost everybody earns all points"),
}

SCALES = """
The first row names the items, the first column the candidates; every other cell is a number of points. An empty cell or
a dash: the item was not on that candidate's paper. Unanswered is 0. Candidates without any item are left out (exit 1).

Keys of --json, and their units:
  test   n                          candidates
         mean, median, sd           points
         skewness, kurtosis         from k-statistics, 0 for a normal distribution
         alpha                      Cronbach's alpha, at most 1
         error_ratio                percent
         standard_error             points
         items, maximum             columns; points of a paper, the mean where papers differ
  items  item, n                    name; candidates who had it
         facility                   share of the maximum, 0 to 1
         sd                         points
         discrimination_index       percent: correlation with all other items
         discriminative_efficiency  percent of the greatest covariance these marks allow
         effective_weight           percent; null where the covariance with the total is negative
         intended_weight            percent of the paper
         maximum, mean              points
         suspicions                 reason, figure, interval (99 percent), limit
  maxima "given", or "highest_mark_seen" without --max
  left_out  rows of candidates without any item
Intervals are of 95 percent, each in the unit of its figure. null: cannot be computed. Formulas and sources:
docs/statistics.md.
"""


class Command(ReportCommand):
    """`data`: test, items, maxima, left_out, with the units that `--help` lists (`SCALES`).

    Exit 1 when candidates without any item were left out, 2 for a file that cannot be used.
    """

    help = "Item and test statistics of a score matrix, as Moodle's quiz statistics report defines them."

    def create_parser(self, prog_name: str, subcommand: str, **kwargs: Any) -> Any:
        parser = super().create_parser(prog_name, subcommand, **kwargs)
        parser.formatter_class = RawDescriptionHelpFormatter
        parser.epilog = SCALES
        return parser

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, help="scores: CSV, UTF-8 or GB 18030")
        parser.add_argument(
            "--max",
            type=Path,
            dest="maxima",
            metavar="MARKS.csv",
            help="maxima: item names with one row below them, or two columns, item and maximum",
        )

    def report(self, **options: Any) -> Report:
        sheet = _read(lambda: read_scores(_content(options["file"])))
        maxima = _maxima(sheet, options["maxima"])
        marks = marks_of(sheet.points, maxima)
        test, items = whole_test(marks), each_item(marks, sheet.items)
        suspicions = [suspicions_of(item) for item in items]
        left_out = [row for row, n in zip(sheet.rows, _items_had(sheet), strict=True) if not n]
        data = {
            "test": asdict(test),
            "items": [
                asdict(item) | {"suspicions": [asdict(each) for each in found]}
                for item, found in zip(items, suspicions, strict=True)
            ],
            "maxima": "given" if options["maxima"] else "highest_mark_seen",
            "left_out": left_out,
        }
        lines = (
            *_test_lines(test, differ=_papers_differ(sheet, maxima)),
            *(
                []
                if options["maxima"]
                else [_("Maximum of each item: the highest mark seen (--max gives it).")]
            ),
            "",
            *_item_lines(items),
            *_suspicion_lines(items, suspicions),
            *_left_out_lines(left_out),
        )
        return Report(data, lines, finding=bool(left_out))


def _read(read: Callable[[], Read]) -> Read:
    try:
        return read()
    except SheetRefused as refused:
        raise Refusal("\n".join(in_words(each) for each in refused.problems), code="sheet") from refused


def _content(path: Path) -> bytes:
    """Raises Refusal with a word in the reader's language where the system has an English one."""
    try:
        return path.read_bytes()
    except FileNotFoundError as missing:
        raise Refusal(_("There is no file “%(file)s”.") % {"file": path}, code="file") from missing
    except OSError as error:
        raise Refusal(_("The file “%(file)s” cannot be read.") % {"file": path}, code="file") from error


def _items_had(sheet: ScoreSheet) -> list[int]:
    """Items on the paper of each candidate."""
    had: list[int] = np.count_nonzero(~np.isnan(sheet.points), axis=1).tolist()
    return had


def _maxima(sheet: ScoreSheet, path: Path | None) -> Sequence[float]:
    if path is None:
        seen: list[float] = np.nan_to_num(sheet.points).max(axis=0).tolist()
        return seen
    maxima = _read(lambda: read_maxima(_content(path), sheet.items))
    _read(lambda: check_maxima(sheet, maxima))
    return maxima


def _papers_differ(sheet: ScoreSheet, maxima: Sequence[float]) -> bool:
    """Whether one candidate could earn more than another."""
    had = ~np.isnan(sheet.points)
    papers = (had @ np.asarray(maxima, dtype=np.float64))[had.any(axis=1)]
    return bool(papers.size) and not np.allclose(papers, papers[0])


def _test_lines(test: TestStatistics, *, differ: bool) -> list[str]:
    words = (
        _("Candidates: %(n)s, items: %(items)s, points of a paper: %(maximum)s in the mean (papers differ).")
        if differ
        else _("Candidates: %(n)s, items: %(items)s, points of a paper: %(maximum)s.")
    )
    return [
        words % {"n": test.n, "items": test.items, "maximum": _plain(test.maximum)},
        _("Mean %(mean)s, median %(median)s, standard deviation %(sd)s points.")
        % {"mean": _plain(test.mean), "median": _plain(test.median), "sd": _plain(test.sd)},
        _("Skewness %(skewness)s, kurtosis %(kurtosis)s.")
        % {"skewness": _plain(test.skewness), "kurtosis": _plain(test.kurtosis)},
        _("Cronbach's alpha %(alpha)s%(interval)s; error ratio %(ratio)s; standard error %(error)s points.")
        % {
            "alpha": _plain(test.alpha, 3),
            "interval": f" [{test.alpha_interval.low:.3f}, {test.alpha_interval.high:.3f}]"
            if test.alpha_interval
            else "",
            "ratio": _percent(test.error_ratio),
            "error": _plain(test.standard_error),
        },
    ]


def _item_lines(items: Sequence[ItemStatistics]) -> list[str]:
    """A table; names come last, so that their width does not matter."""
    titles = (
        pgettext("item table", "n"),
        pgettext("item table", "facility"),
        pgettext("item table", "SD"),
        pgettext("item table", "discrim."),
        pgettext("item table", "efficiency"),
        pgettext("item table", "eff. weight"),
        pgettext("item table", "int. weight"),
        pgettext("item table", "item"),
    )
    rows = [
        (
            str(item.n),
            _percent(None if item.facility is None else 100 * item.facility),
            _plain(item.sd),
            _percent(item.discrimination_index),
            _percent(item.discriminative_efficiency),
            _percent(item.effective_weight),
            _percent(item.intended_weight),
            item.item,
        )
        for item in items
    ]
    return [
        "  ".join([*(cell.rjust(11 - _wide(cell)) for cell in row[:-1]), row[-1]]) for row in (titles, *rows)
    ]


def _suspicion_lines(items: Sequence[ItemStatistics], suspicions: Sequence[Sequence[Suspicion]]) -> list[str]:
    return [
        _("Suspect: %(item)s: %(why)s.") % {"item": item.item, "why": WHY[each.reason]}
        for item, found in zip(items, suspicions, strict=True)
        for each in found
    ]


def _left_out_lines(rows: Sequence[int]) -> list[str]:
    if not rows:
        return []
    return [_("Left out, without any item: rows %(rows)s.") % {"rows": ", ".join(map(str, rows))}]


def _plain(value: float | None, places: int = 2) -> str:
    return "–" if value is None else f"{value:.{places}f}"


def _percent(value: float | None) -> str:
    return "–" if value is None else f"{value:.2f}%"


def _wide(text: str) -> int:
    """Characters that take two places on a screen."""
    return sum(ord(each) > 0x2E7F for each in text)

"""Run every benchmark, or those named by ONLY=…: one JSON line per figure on stdout.

Figures are compared inside one run only: the machines are shared and noisy. Nothing here gates a test.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
PARTS = ("__init__.py", "run.py", "figures.py", "objective.py")  # of the benchmarks, not one of them


def main(names: list[str]) -> int:
    """Run each named benchmark in its own process; returns the worst exit code."""
    scripts = sorted(path for path in HERE.glob("*.py") if path.name not in PARTS)
    if names:
        scripts = [path for path in scripts if path.stem in names]
        if not scripts:
            print(f"no benchmark named {', '.join(names)}", file=sys.stderr)
            return 2
    return max(_run(path) for path in scripts)


def _run(path: Path) -> int:
    # as a module from the project's root: a script named after a room would hide the room itself
    return subprocess.run([sys.executable, "-m", f"benchmarks.{path.stem}"], cwd=HERE.parent).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

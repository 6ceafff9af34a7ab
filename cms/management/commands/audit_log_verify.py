"""`manage.py audit_log_verify`: replay the audit chain and the transparency log."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from certificates.log import verify_log
from core.audit import verify_chain
from core.commands import Report, ReportCommand


class Command(ReportCommand):
    help = "Replay the audit chain and the transparency log; exit 1 when a link does not hold."

    def report(self, **options: Any) -> Report:
        """`audit` and `log`: {entries, ok, first_bad}; `unsealed`: audit entries the sealer has not reached."""
        chain, log = verify_chain(), verify_log()
        audit = asdict(chain)
        unsealed = audit.pop("unsealed")
        data = {"audit": audit, "log": asdict(log), "unsealed": unsealed}
        lines = tuple(
            f"{name}: {part['entries']} entries, "
            + ("ok" if part["ok"] else f"broken at {part['first_bad']}")
            for name, part in (("audit", audit), ("log", asdict(log)))
        )
        return Report(data, (*lines, f"unsealed: {unsealed}"), finding=not (chain.ok and log.ok))

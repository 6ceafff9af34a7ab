"""Preflight: what stands between a person and a certificate, in words that say what to do about it.

The same checks run when a batch is proposed, when it is looked at, and once more for each row in the transaction
that takes its number. `proving` prints a trial besides and reads it back. A finding sets one person aside; the rest of
the batch goes on.
"""

from certificates.preflight.checking import Preflight
from certificates.preflight.findings import CHECKS, Checked, Finding

__all__ = ["CHECKS", "Checked", "Finding", "Preflight"]

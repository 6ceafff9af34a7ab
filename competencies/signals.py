"""News that travels upward. Receivers in upper rooms enqueue an idempotent task on commit."""

from django.dispatch import Signal

# Sent inside the writer's transaction with `evidence`: an Evidence row that was just recorded.
evidence_recorded = Signal()

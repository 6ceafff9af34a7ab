"""The life of a certificate after its number was taken: which steps there are, from where each may be taken, and what
every one of them leaves behind. The steps themselves are `suspending`, `revoking`, `correcting` and `releasing`."""

from certificates.life.table import LEAVES, LIFE, may_follow

__all__ = ["LEAVES", "LIFE", "may_follow"]

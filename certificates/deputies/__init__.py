"""Deputies: who approves in somebody's place, from one day to another, and no further than that person could."""

from certificates.deputies.naming import end_deputy, name_deputy

__all__ = ["end_deputy", "name_deputy"]

"""The right edge of a growing tree: enough to append a leaf and to name the head in log n hashes."""

from dataclasses import dataclass

from certificates.transparency.merkle import EMPTY_ROOT, node_hash


@dataclass(frozen=True)
class Frontier:
    """Heads of the complete subtrees that make up a tree of `size` leaves, the largest first.

    There is one for every 1 in the binary form of `size`.
    """

    size: int = 0
    peaks: tuple[bytes, ...] = ()

    def append(self, leaf: bytes) -> "Frontier":
        """The frontier after one more leaf hash."""
        peaks, carry, count = list(self.peaks), leaf, self.size
        while count & 1:
            carry = node_hash(peaks.pop(), carry)
            count >>= 1
        return Frontier(self.size + 1, (*peaks, carry))

    def root(self) -> bytes:
        """The head of the whole tree; the same as `merkle.root` over all leaves."""
        if not self.peaks:
            return EMPTY_ROOT
        *larger, head = self.peaks
        for peak in reversed(larger):
            head = node_hash(peak, head)
        return head

"""The fee of one payment: basis points of what is paid, rounded half up to whole fen, taken when it is captured.

It is rounded payment by payment, so that the fee of a day is the sum of what its payments say, and giving back part by
part gives back what was taken: the fee of a part is what is left to keep before it, less what is left to keep after.
"""

from __future__ import annotations

MOST_POINTS = 600  # basis points: six yuan in a hundred
_WHOLE = 10_000


def fee_of(fen: int, basis_points: int) -> int:
    """Of a payment of `fen`, in fen. Raises ValueError: neither may be negative, and nobody pays more than 6 %."""
    if fen < 0 or not 0 <= basis_points <= MOST_POINTS:
        raise ValueError("no such fee")
    return (fen * basis_points + _WHOLE // 2) // _WHOLE


def fee_given_back(fen: int, fee: int, before: int, now: int) -> int:
    """How much of the `fee` of a payment of `fen` goes back with a refund of `now` fen, when `before` fen were given
    back already: in proportion, and the last part takes the rest. Raises ValueError.
    """
    if before < 0 or now <= 0 or before + now > fen:
        raise ValueError("no such part")
    return _share(fee, before + now, fen) - _share(fee, before, fen)


def _share(fee: int, part: int, whole: int) -> int:
    return (2 * fee * part + whole) // (2 * whole)

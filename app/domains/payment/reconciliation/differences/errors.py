"""What stands in the way of a difference.

Outcome
├── GatewayDifferenceUnknown   there is no such difference
├── DifferenceChanged          it is in another state by now: look again
├── DifferenceNotYours         somebody has to take it in hand first, or somebody else has
├── DifferenceMovesMoney       nothing but a transfer puts this right: money is missing or too much
├── DifferenceMovesNothing     no money is missing: there is nothing to transfer
├── DifferencePayerUnknown     nobody knows whose wallet it would go to, or it would be taken from one
└── DifferenceNeedsAnother     who proposed it does not approve of it
"""

from __future__ import annotations

from app.core.errors import Outcome


class GatewayDifferenceUnknown(Outcome):
    pass


class DifferenceChanged(Outcome):
    pass


class DifferenceNotYours(Outcome):
    pass


class DifferenceMovesMoney(Outcome):
    pass


class DifferenceMovesNothing(Outcome):
    pass


class DifferencePayerUnknown(Outcome):
    pass


class DifferenceNeedsAnother(Outcome):
    pass

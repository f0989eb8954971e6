"""What can stand in the way of what channels bring.

Outcome
├── InboundUnknown      no such message
├── InboundSettled      it was taken in: there is nothing to try again
├── CallerNumberInvalid no telephone number that could be texted
└── ChannelNotSeated    a seat files for callers: by phone, at the counter, and what reached it otherwise
"""

from __future__ import annotations

from app.core.errors import Outcome


class InboundUnknown(Outcome):
    pass


class InboundSettled(Outcome):
    pass


class CallerNumberInvalid(Outcome):
    pass


class ChannelNotSeated(Outcome):
    pass

"""What can stand in the way of paying a bill, beside what stands in the way of the bill itself."""

from __future__ import annotations

from app.core.errors import Outcome


class BillRealNameNeeded(Outcome):
    """From the wallet and on credit a bill is paid by who has verified his name; at the gateway by anybody."""


class BillMethodUnfit(Outcome):
    """Bills are paid from the wallet, on credit or at the gateway."""

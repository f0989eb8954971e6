"""What can be wrong with a code that a citizen shows.

Outcome
├── PayCodeMalformed   not eighteen digits of this city
├── PayCodeUnknown     never given, or a newer one took its place
├── PayCodeExpired     it was shown longer than a minute ago
└── PayCodeUsed        it was charged before, with success or without
"""

from __future__ import annotations

from app.core.errors import Outcome


class PayCodeMalformed(Outcome):
    pass


class PayCodeUnknown(Outcome):
    pass


class PayCodeExpired(Outcome):
    pass


class PayCodeUsed(Outcome):
    pass

"""What can be wrong with the place of a case, beside what `app.core.places` knows.

Outcome
└── DivisionUnknown     no place was said, no such division, or none was found for the place
"""

from __future__ import annotations

from app.core.errors import Outcome


class DivisionUnknown(Outcome):
    pass

"""What can stand in the way of a report by the page.

Outcome
└── FormOver            the form is none of ours, or too old: open the page anew
"""

from __future__ import annotations

from app.core.errors import Outcome


class FormOver(Outcome):
    pass

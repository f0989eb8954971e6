"""Who may not speak in public.

Outcome
├── SpeakerUnverified  who speaks, supports or answers has verified his name; others see a name of his choice
├── OnlyRealPeople     a test citizen does not speak in the real city
├── NicknameUnfit      2 to 12 characters, and none that sounds like an office
└── NicknameTaken      somebody is called so
"""

from __future__ import annotations

from app.core.errors import Outcome


class SpeakerUnverified(Outcome):
    pass


class OnlyRealPeople(Outcome):
    pass


class NicknameUnfit(Outcome):
    pass


class NicknameTaken(Outcome):
    pass

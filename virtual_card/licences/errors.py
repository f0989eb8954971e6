"""What can be wrong with a licence.

Outcome
├── LicenceUnknown          no such licence, or not of this person
├── LicenceKindUnknown      the city has no licence of this kind
├── LicenceFactUnfit        a fact that does not stand on this kind, or is too long; `field` names it
├── LicenceNotActive        suspended, revoked, replaced or expired: `state` says which
├── LicenceNotSuspended     only a suspended one can be reinstated
└── PurposeNotForLicence    of this kind nothing is told for that purpose
"""

from __future__ import annotations

from dataclasses import dataclass

from app.core.errors import Outcome


class LicenceUnknown(Outcome):
    pass


@dataclass(eq=False)
class LicenceKindUnknown(Outcome):
    kind: str


@dataclass(eq=False)
class LicenceFactUnfit(Outcome):
    field: str


@dataclass(eq=False)
class LicenceNotActive(Outcome):
    state: str


@dataclass(eq=False)
class LicenceNotSuspended(Outcome):
    state: str


class PurposeNotForLicence(Outcome):
    pass

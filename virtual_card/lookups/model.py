"""A citizen as the desk sees him, and what it may look at beyond that."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from app.core.limit import Limit
from app.core.viewer import Assurance
from app.domains.identity.citizens.model import Citizen, IdNumber, mask_id_number, mask_name, mask_phone

REVEALS_A_DAY = Limit("desk-reveals", 50, timedelta(days=1))
PURPOSE = "desk"


class FindBy(StrEnum):
    """What a citizen can be found by: keyed hashes and keys. Nothing else of him is searchable, on purpose."""

    PHONE = "phone"
    ID_NUMBER = "id_number"
    CARD_NUMBER = "card_number"
    CITIZEN = "citizen"


class RevealField(StrEnum):
    PHONE = "phone"
    NAME = "name"
    ID_NUMBER = "id_number"
    PHOTO = "photo"


@dataclass(frozen=True, slots=True)
class MaskedCitizen:
    """`id_number` is filled where one person is looked at, and left out of lists. `test_of`: a test citizen."""

    id: str
    created_at: datetime
    assurance: Assurance
    name: str | None
    phone: str | None
    id_number: str | None
    division: str | None
    verified_at: datetime | None
    test_of: str | None
    tags: tuple[str, ...] = ()

    @classmethod
    def of(cls, citizen: Citizen, number: IdNumber | None = None) -> MaskedCitizen:
        return cls(
            id=citizen.id,
            created_at=citizen.created_at,
            assurance=citizen.assurance,
            name=mask_name(citizen.name) if citizen.name else None,
            phone=mask_phone(citizen.phone) if citizen.phone else None,
            id_number=mask_id_number(number.text) if number else None,
            division=citizen.division,
            verified_at=citizen.verified_at,
            test_of=citizen.test_of,
            tags=citizen.tags,
        )


@dataclass(frozen=True, slots=True)
class Revealed:
    """`text`, or for a photo its bytes. `disclosure` is the row of the ledger that the citizen sees."""

    disclosure: str
    field: RevealField
    text: str | None = None
    photo: bytes | None = None

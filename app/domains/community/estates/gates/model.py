"""A gate of an estate."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from enum import StrEnum

from app.core.said import Said
from app.domains.community.estates.gates.errors import GateInvalid

LONGEST_NAME, MOST_GATES = 40, 100
_CODE = re.compile(r"[a-z0-9][a-z0-9-]{0,15}")


class GateKind(StrEnum):
    PEOPLE = "people"
    CARS = "cars"


@dataclass(frozen=True, slots=True)
class Gate:
    """`code` is unique in its estate."""

    estate: str
    code: str
    name: Said
    kind: GateKind = GateKind.PEOPLE
    active: bool = True

    @property
    def id(self) -> str:
        return f"{self.estate}:{self.code}"

    def checked(self) -> Gate:
        """Tidied. Raises GateInvalid."""
        if not _CODE.fullmatch(self.code):
            raise GateInvalid("code")
        zh, en = " ".join(self.name.zh.split()), " ".join(self.name.en.split())
        if not 1 <= len(zh) <= LONGEST_NAME or len(en) > LONGEST_NAME:
            raise GateInvalid("name")
        return replace(self, name=Said(zh, en))

"""Licences as tests order them."""

from __future__ import annotations

from datetime import date
from typing import Any

from app.core.ids import new_id
from tests.support.api import OPS, Api, Person
from virtual_card.licences.model import Licence, Order

UNIT = "350100-gaj"


async def issued(api: Api, person: Person, kind: str = "driving_licence", /, **given: Any) -> Licence:
    """A licence of this person, as the desk issues one. `facts` beside what an Order takes."""
    facts = given.pop("facts", {"class": "C1"} if kind == "driving_licence" else {})
    order = Order(api.key(person), kind, UNIT, facts, **given)
    return await api.city.services.licences.issue_at_desk(OPS, order, new_id())


async def shown(api: Api, person: Person, licence: str, purpose: str = "INSPECTION") -> str:
    """The code on the phone of who holds the licence of this global id."""
    made = await api.data("ShowLicence", person.token, id=licence, purpose=purpose, key=new_id())
    assert made["__typename"] == "LicenceShown", made
    return str(made["licenceCode"]["text"])


async def checked(api: Api, provider: str, code: str, purpose: str = "INSPECTION", key: str | None = None) -> Any:
    return await api.data("VerifyLicence", provider, "provider", code=code, purpose=purpose, key=key or new_id())


LAST = date(2030, 1, 31)

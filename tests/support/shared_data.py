"""Data sets of a test, the departments that offer and ask for them, and consents."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from app.core.clock import civil_day
from app.core.ids import new_id
from tests.support.api import Api, Person

FIELDS = ("members", "address")


def offer_of(code: str, **changed: Any) -> dict[str, Any]:
    """As a provider sends it."""
    fields = [{"code": one, "title": {"zh": one, "en": one}, "kind": "TEXT"} for one in FIELDS]
    purposes = [{"code": one, "title": {"zh": one, "en": one}} for one in ("application", "benefit_review")]
    said = {
        "name": {"zh": "户籍", "en": "Household"},
        "basis": "《户口登记条例》",
        "source": "户籍系统",
        "freshHours": 24,
    }
    return {"code": code, "fields": fields, "purposes": purposes, **said, **changed}


def set_code() -> str:
    return f"s{new_id().replace('-', '')[-12:]}"


@dataclass(frozen=True)
class Pair:
    """Who offers a data set, and who was granted access to it."""

    data_set: str
    owner: str
    owner_token: str
    asker: str
    asker_token: str
    access: str


def until(api: Api, **ahead: float) -> str:
    return (api.city.clock.now() + timedelta(**(ahead or {"days": 30}))).isoformat()


async def offered(api: Api, **changed: Any) -> tuple[str, str, str]:
    """(code of a new set, its owner, the owner's token)."""
    owner, code = await api.organisation(), set_code()
    token = await api.provider(owner)
    done = await api.data("OfferDataSet", token, "provider", dataSet=offer_of(code, **changed), key=new_id())
    assert done["__typename"] == "DataSetOffered", done
    return code, owner, token


def wanted(api: Api, code: str, **changed: Any) -> dict[str, Any]:
    day = (civil_day(api.city.clock.now()) + timedelta(days=90)).isoformat()
    said = {"purpose": "benefit_review", "why": "复核资格时核对", "ground": "CONSENT", "until": day}
    return {"dataSet": code, "fields": list(FIELDS), **said, **changed}


async def paired(api: Api, **changed: Any) -> Pair:
    """An access that was asked for and granted."""
    code, owner, owner_token = await offered(api)
    asker = await api.organisation()
    asker_token = await api.provider(asker)
    asked = await api.data(
        "RequestDataAccess", asker_token, "provider", access=wanted(api, code, **changed), key=new_id()
    )
    assert asked["__typename"] == "DataAccessRequested", asked
    access = asked["dataAccess"]["id"]
    said = {"accessId": access, "state": "GRANTED", "answer": "同意", "key": new_id()}
    granted = await api.data("AnswerDataAccess", owner_token, "provider", **said)
    assert granted["__typename"] == "DataAccessAnswered", granted
    return Pair(code, owner, owner_token, asker, asker_token, access)


def consent_to(api: Api, pair: Pair, **changed: Any) -> dict[str, Any]:
    said = {"organisation": pair.asker, "purpose": "benefit_review", "until": until(api)}
    return {"dataSet": pair.data_set, "fields": list(FIELDS), **said, **changed}


async def consents(api: Api, person: Person, pair: Pair, **changed: Any) -> str:
    """The id of a consent that this person gives."""
    done = await api.data("GiveConsent", person.token, consent=consent_to(api, pair, **changed), key=new_id())
    assert done["__typename"] == "ConsentGiven", done
    return str(done["consent"]["id"])


async def consented(api: Api, person: Person) -> str:
    return await consents(api, person, await paired(api))


async def verified_by(api: Api, token: str, person: Person) -> str:
    """The person showed his card there: the id of the verification."""
    code = await api.code(person)
    done = await api.data("VerifyCode", token, "provider", code=code, purpose="SERVICE_HALL", key=new_id())
    assert done["__typename"] == "CodeVerified", done
    return str(done["id"])

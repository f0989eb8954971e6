"""Shared data within a citizen's own application: in place of proofs and for its form, under the consent for it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import pytest

from app.core.ids import new_id
from app.core.said import Said
from app.core.viewer import Viewer
from app.domains.government.applications.history.model import State
from app.domains.government.applications.materials.errors import MaterialsMissing
from app.domains.government.applications.materials.model import Lack, Way
from app.domains.government.catalogue.model import Material, MaterialForm, Offer
from tests.shared_data.test_fetching import exchange, ledger
from tests.support.api import OPS, Api, Person
from tests.support.applying import FORM, applicant, begun, offered
from tests.support.fakes import otherwise
from tests.support.shared_data import offered as data_offered
from tests.support.shared_data import until

PROVIDER = "provider"


@dataclass
class Matter:
    """An item whose one proof shared data can stand in for, and somebody who wants it."""

    api: Api
    offer: Offer
    data_set: str
    person: Person
    viewer: Viewer

    @property
    def field(self) -> str:
        return f"{self.data_set}.members"

    @property
    def purpose(self) -> str:
        return f"application:{self.offer.item}"

    async def agree(self, **changed: Any) -> str:
        said = {"dataSet": self.data_set, "fields": ["members", "address"], "organisation": self.offer.unit}
        consent = {**said, "purpose": self.purpose, "until": until(self.api), **changed}
        done = await self.api.data("GiveConsent", self.person.token, consent=consent, key=new_id())
        assert done["__typename"] == "ConsentGiven", done
        return str(done["consent"]["id"])

    async def submitted(self) -> str:
        draft = await begun(self.api.city, self.viewer, self.offer)
        applications = self.api.city.services.government.applications
        done = await applications.submit(self.viewer, draft, 1, new_id())
        assert done.state is State.SUBMITTED
        return str(done.number)

    async def proof(self) -> tuple[Way, Lack | None]:
        draft = await begun(self.api.city, self.viewer, self.offer)
        found = await self.api.city.services.government.applications.check(self.viewer, draft)
        assert found is not None
        (one,) = found
        return one.way, one.lack

    async def told(self, field: str) -> list[dict[str, Any]]:
        """The looks at this field; a draft that is begun is filled in from another."""
        return [row for row in await ledger(self.api, self.person) if row["sharedData"] == [field]]

    async def filled(self) -> Any:
        """What the form is filled in with."""
        drafts, where = self.api.city.services.government.drafts, (self.offer.item, self.offer.unit, new_id())
        return (await drafts.begin(self.viewer, *where)).application.content.answers.get("home")

    async def spared(self) -> dict[str, int]:
        lines = await self.api.city.services.government.shared_answers.spared_by_item()
        return {line.key: line.proofs for line in lines}


@pytest.fixture
async def matter(shared_api: Api) -> Matter:
    data_set, _, _ = await data_offered(shared_api)
    proof = Material("household", Said("户口簿"), MaterialForm.COPY, data=f"{data_set}.members")
    form = {
        **FORM,
        "properties": {**FORM["properties"], "home": {"type": "string", "x-prefill": f"data.{data_set}.address"}},
    }
    offer = await offered(shared_api.city, materials=(proof,), form=form, visits=0)
    person, viewer = await applicant(shared_api)
    return Matter(shared_api, offer, data_set, person, viewer)


async def test_without_a_consent_the_proof_is_missing_and_it_is_said_why(matter: Matter) -> None:
    assert await matter.proof() == (Way.MISSING, Lack.CONSENT_MISSING)
    with pytest.raises(MaterialsMissing):
        await matter.submitted()


async def test_under_the_consent_for_it_the_proof_is_spared_and_counted(matter: Matter) -> None:
    await matter.agree()
    assert await matter.proof() == (Way.DATA, None)
    assert await matter.told(matter.field) == [], "nothing was told to say that"
    assert (await matter.spared()).get(matter.offer.item) is None
    await matter.submitted()
    assert (await matter.spared())[matter.offer.item] == 1
    await matter.submitted()
    assert (await matter.spared())[matter.offer.item] == 2
    days = await matter.api.city.services.government.shared_answers.spared_by_day()
    assert days[0].proofs >= 2


async def test_a_source_that_is_silent_or_knows_nothing_leaves_the_upload(matter: Matter) -> None:
    await matter.agree()
    with otherwise(exchange(matter.api), down=True):
        assert await matter.proof() == (Way.MISSING, Lack.DATA_UNAVAILABLE)
    with otherwise(exchange(matter.api), unknown={"members"}):
        assert await matter.proof() == (Way.MISSING, Lack.NOTHING_GIVEN)


async def test_a_form_is_filled_from_shared_data_and_the_look_stands_in_the_ledger(matter: Matter) -> None:
    assert await matter.filled() is None
    await matter.agree()
    assert await matter.filled() == f"address of {matter.person.name}"
    (row,) = await matter.told(f"{matter.data_set}.address")
    assert row["purpose"] == matter.purpose
    assert row["organisation"]["code"] == matter.offer.unit
    events = {event.type for event in await matter.api.events(matter.person)}
    assert "disclosure.shared" not in events, "he has the form open before him"


async def test_the_unit_that_handles_it_is_told_under_that_consent_by_the_number(matter: Matter) -> None:
    consent = await matter.agree()
    number = await matter.submitted()
    handler = await _client(matter)
    asked = {"subject": {"application": number}, "dataSet": matter.data_set, "fields": ["members"]}

    async def fetch(token: str) -> Any:
        return await matter.api.data("FetchSharedData", token, PROVIDER, **asked, purpose=matter.purpose, key=new_id())

    assert (await fetch(handler))["__typename"] == "SharedDataFetched"
    assert [row["organisation"]["code"] for row in await matter.told(matter.field)] == [matter.offer.unit]
    stranger = await matter.api.provider(await matter.api.organisation())
    assert (await fetch(stranger))["__typename"] == "SubjectUnknown"
    await matter.api.data("WithdrawConsent", matter.person.token, consentId=consent, key=new_id())
    assert (await fetch(handler))["__typename"] == "NoConsent"


async def _client(matter: Matter) -> str:
    """A client of the unit, which may ask for shared data."""
    services = matter.api.city.services
    node = services.organisations.tree.nodes[matter.offer.unit]
    await services.organisations.put(OPS, replace(node, scopes=node.scopes | {"data"}))
    return await matter.api.provider(matter.offer.unit, ("data",))


async def test_a_guardian_agrees_for_a_wards_application(matter: Matter) -> None:
    ward = (await matter.api.ward(matter.person, "APPLICATIONS_MANAGE"))["ward"]["id"]
    said = {"dataSet": matter.data_set, "fields": ["members"], "organisation": matter.offer.unit}
    consent = {**said, "purpose": matter.purpose, "until": until(matter.api)}
    acting = matter.api.acting_for(ward)
    done = await acting.data("GiveConsent", matter.person.token, consent=consent, key=new_id())
    assert done["__typename"] == "ConsentGiven"
    page = await acting.data("Consents", matter.person.token, first=5)
    assert len(page["edges"]) == 1
    assert (await matter.api.data("Consents", matter.person.token, first=5))["edges"] == []


@pytest.mark.parametrize("changed", [{"organisation": "elsewhere"}, {"purpose": "application:T-nothing"}])
async def test_nobody_agrees_to_an_item_that_does_not_ask(matter: Matter, changed: dict[str, Any]) -> None:
    said = {"dataSet": matter.data_set, "fields": ["members"], "organisation": matter.offer.unit}
    consent = {**said, "purpose": matter.purpose, "until": until(matter.api), **changed}
    await matter.api.refused("NobodyAsks", "GiveConsent", matter.person.token, consent=consent, key=new_id())


async def test_what_is_asked_when_nothing_is_offered_is_nothing(matter: Matter) -> None:
    answers = matter.api.city.services.government.shared_answers
    asked = len(exchange(matter.api).asked)
    citizen = matter.api.key(matter.person)
    known = await answers.answering(citizen, item=matter.offer.item, unit=matter.offer.unit, wanted=["x.y", "nodot"])
    assert (dict(known.values), {why.value for why in known.missing.values()}) == ({}, {"not_offered"})
    assert len(exchange(matter.api).asked) == asked

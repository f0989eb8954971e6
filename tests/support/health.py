"""The hospitals' records as a test wants them, who may ask for them, and patients of a centre."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from app.core.clock import civil_day
from app.core.ids import new_id
from app.core.said import Said
from app.core.viewer import Role, Viewer
from app.domains.government.shared_data.accesses.model import AccessState, Ground
from app.domains.government.shared_data.accesses.service import Wanted
from app.domains.government.shared_data.sets.model import DataField, DataKind, Offer, Purpose, Sensitivity
from app.domains.life.health.records.model import DATA_SET, PURPOSE, RecordKind
from graphql_schema.types.common import global_id, key_of
from tests.support.api import Api, Person
from tests.support.halls import hall_of
from tests.support.hospital_records import FakeHealth
from tests.support.shared_data import verified_by

KEEPER = "350100-wjw"
Step = Callable[..., Awaitable[Any]]


def hospitals(api: Api) -> FakeHealth:
    found = api.city.outside.health
    assert isinstance(found, FakeHealth)
    return found


@dataclass(frozen=True)
class Hospital:
    """One that may ask for records."""

    organisation: str
    token: str


async def hospital_of(api: Api, kinds: Sequence[RecordKind] = tuple(RecordKind)) -> Hospital:
    organisation = await api.organisation()
    token = await api.provider(organisation)
    await _offered(api)
    rooms, until = api.city.services.government, civil_day(api.city.clock.now()) + timedelta(days=90)
    fields = tuple(kind.value for kind in kinds)
    wanted = Wanted(DATA_SET, fields, PURPOSE, "诊疗时查阅", Ground.CONSENT, until)
    asked = await rooms.data_accesses.request(_department(organisation), wanted, new_id())
    await rooms.data_accesses.answer(_department(KEEPER), asked.id, AccessState.GRANTED, "同意", new_id())
    return Hospital(organisation, token)


async def _offered(api: Api) -> None:
    sets = api.city.services.government.data_sets
    if DATA_SET in await sets.on_offer():
        return
    fields = [DataField(kind.value, Said(kind.value), DataKind.RECORDS, Sensitivity.SENSITIVE) for kind in RecordKind]
    offer = Offer(
        DATA_SET,
        Said("健康档案"),
        tuple(fields),
        (Purpose(PURPOSE, Said("诊疗")),),
        "《基本医疗卫生法》",
        1,
        "档案平台",
    )
    await sets.offer(_department(KEEPER), offer, new_id())


def _department(code: str) -> Viewer:
    return Viewer(Role.PROVIDER_CLIENT, actor="test", organisation=code, scopes=frozenset({"data"}))


async def allowed(api: Api, person: Person, hospital: Hospital, *kinds: str, **ahead: float) -> str:
    """The id of a consent that this person gives."""
    until = (api.city.clock.now() + timedelta(**(ahead or {"days": 30}))).isoformat()
    said = {"organisation": hospital.organisation, "kinds": list(kinds or ("OBSERVATIONS",)), "until": until}
    done = await api.data("AllowHealthRecord", person.token, **said, key=new_id())
    assert done["__typename"] == "HealthRecordAllowed", done
    return str(done["consent"]["id"])


async def seen_at(api: Api, person: Person, hospital: Hospital) -> dict[str, str]:
    """How the hospital names this person, who showed his card there."""
    return {"verification": await verified_by(api, hospital.token, person)}


@dataclass(frozen=True)
class InCare:
    """A patient of a centre."""

    token: str
    clerk: Viewer
    contract: str


async def in_care(api: Api, person: Person) -> InCare:
    hall = await hall_of(api)
    signed = await api.data("SignFamilyDoctor", person.token, teamId=hall.team, key=new_id())
    clerk = replace(hall.clerk, scopes=frozenset({"appointments", "health"}))
    return InCare(hall.token, clerk, signed["contract"]["id"])


async def with_members(api: Api, care: InCare, members: Sequence[dict[str, Any]]) -> Any:
    """The team of this patient's contract names its members."""
    contracts, contract = api.city.services.appointments.contracts, key_of(care.contract, "FamilyDoctorContract")
    row = await contracts.of_organisation(contract, str(care.clerk.organisation))
    team = await contracts.find(row.team) if row else None
    assert team is not None
    given = {
        "venueId": global_id("Venue", team.venue),
        "code": team.id.removeprefix(f"{team.organisation}."),
        "name": {"zh": team.name.zh},
        "doctorIds": [global_id("VenueResource", one) for one in team.doctors],
        "members": list(members),
    }
    return await api.data("SaveFamilyDoctorTeam", care.token, "provider", team=given, key=new_id())


async def planned(api: Api, care: InCare, first: date | None = None, **changed: Any) -> Any:
    day = first or civil_day(api.city.clock.now()) + timedelta(days=1)
    said = {"contractId": care.contract, "kind": "BLOOD_PRESSURE", "everyDays": 90, "first": day.isoformat(), **changed}
    return await api.data("PlanFollowUp", care.token, "provider", **said, key=new_id())


async def health_belongings(api: Api, owner: Person) -> dict[str, str]:
    """What is the owner's, by type; he has a contract already."""
    mine = await api.data("MyFamilyDoctor", owner.token)
    contract = mine["contract"]["id"] if mine else (await in_care(api, owner)).contract
    found = await api.city.services.appointments.contracts.active_of(api.key(owner))
    assert found is not None
    token = await api.provider(found.organisation)
    clerk = Viewer(role=Role.PROVIDER_CLIENT, actor="client", organisation=found.organisation)
    plan = await planned(api, InCare(token, clerk, contract))
    return {"FollowUpPlan": plan["plan"]["id"]}


class HealthWalk:
    """Every operation of health, once."""

    def __init__(self, api: Api, step: Step) -> None:
        self._api = api
        self._step = step

    async def walk(self) -> None:
        person = await self._api.with_card()
        hospital = await hospital_of(self._api)
        await self._reads(person, hospital)
        await self._is_followed(person)
        await self._changes_doctors()

    async def _reads(self, person: Person, hospital: Hospital) -> None:
        subject = await seen_at(self._api, person, hospital)
        until = (self._api.city.clock.now() + timedelta(days=9)).isoformat()
        wish = {"organisation": hospital.organisation, "kinds": ["OBSERVATIONS"], "until": until}
        given = await self._step("AllowHealthRecord", person.token, **wish, key=new_id())
        await self._step("HealthSharing", person.token)
        await self._step("ReadHealthRecord", person.token, kinds=["OBSERVATIONS"], key=new_id())
        asked = {"subject": subject, "kinds": ["OBSERVATIONS"], "key": new_id()}
        read = await self._step("FetchHealthRecord", hospital.token, "provider", **asked)
        assert read["__typename"] == "HealthRecordRead", read
        await self._step("IssueVaccinationCertificate", person.token, key=new_id())
        await self._step("NoteVaccination", hospital.token, "provider", subject=subject, key=new_id())
        await self._step("StopHealthRecord", person.token, consentId=given["consent"]["id"], key=new_id())

    async def _changes_doctors(self) -> None:
        person, hall, other = await self._api.with_card(), await hall_of(self._api), await hall_of(self._api)
        contracts, team = self._api.city.services.appointments.contracts, key_of(hall.team, "FamilyDoctorTeam")
        (made,) = [one for one in await contracts.own_teams(hall.clerk, key_of(hall.venue, "Venue")) if one.id == team]
        await contracts.save_team(hall.clerk, replace(made, answers=True), new_id())
        for answer in ("RefuseFamilyDoctorContract", "AcceptFamilyDoctorContract"):
            asked = await self._api.data("SignFamilyDoctor", person.token, teamId=hall.team, key=new_id())
            contract = asked["contract"]["id"]
            await self._step(answer, hall.token, "provider", contractId=contract, key=new_id())
        soon = (civil_day(self._api.city.clock.now()) + timedelta(days=5)).isoformat()
        mine = {"citizen": self._api.key(person), "open": True}
        await self._api.city.db["family_contracts"].update_one(mine, {"$set": {"until": soon}})
        await self._step("RenewFamilyDoctor", person.token, key=new_id())
        await self._step("MoveFamilyDoctor", person.token, teamId=other.team, key=new_id())

    async def _is_followed(self, person: Person) -> None:
        care = await in_care(self._api, person)
        day = (civil_day(self._api.city.clock.now()) + timedelta(days=1)).isoformat()
        said = {"contractId": care.contract, "kind": "CHILD_CHECK", "everyDays": 30, "first": day, "key": new_id()}
        plan = (await self._step("PlanFollowUp", care.token, "provider", **said))["plan"]["id"]
        await self._step(
            "RecordFollowUp", care.token, "provider", planId=plan, result="血压平稳，继续服药", key=new_id()
        )
        await self._step("FollowUpPlans", care.token, "provider", contractId=care.contract)
        await self._step("FollowUps", care.token, "provider", planId=plan, first=5)
        await self._step("OverdueFollowUps", care.token, "provider", first=5)
        await self._step("MyFollowUpPlans", person.token)
        await self._step("MyFollowUps", person.token, planId=plan, first=5)
        await self._step("EndFollowUp", care.token, "provider", planId=plan, key=new_id())

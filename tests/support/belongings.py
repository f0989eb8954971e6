"""One of each thing that has an id of its own: what belongs to a person, and what everybody may look at."""

from __future__ import annotations

from app.core.ids import new_id
from graphql_schema.types.common import global_id
from tests.licences.orders import issued
from tests.support.answers import asked as questioned
from tests.support.answers import published as answer_of
from tests.support.api import Api, Person
from tests.support.applying import offered
from tests.support.bookings import booked, times_of, waiting_place
from tests.support.cases import filed
from tests.support.culture_walk import culture_belongings
from tests.support.estates import estate_belongings
from tests.support.family_visits import family_visit_belongings
from tests.support.halls import hall_of
from tests.support.health import health_belongings
from tests.support.payment_access import payment_belongings
from tests.support.place_walk import place_belongings
from tests.support.public import listed
from tests.support.shared_data import consented
from tests.support.speakers import an_office, said_in_public
from tests.support.speakers import published as survey_of
from tests.support.surroundings_walk import surroundings_belongings
from tests.support.together_walk import together_belongings
from tests.support.transit_walk import transit_watch
from tests.support.volunteering import volunteer_belongings
from tests.uploads.sending import asked


async def belongings(api: Api, owner: Person, provider: str) -> dict[str, str]:
    """Of somebody with a card, by type; a provider has looked at it."""
    said = {"field": "OTHER", "wanted": "otherwise", "reason": "because", "key": new_id()}
    return {
        "Citizen": str(owner.citizen_id),
        "Device": (await api.data("Devices", owner.token))[0]["id"],
        "Guardianship": (await api.ward(owner))["id"],
        "Disclosure": await _looked_at(api, owner, provider),
        "Message": (await api.told(owner))[0]["id"],
        "Card": (await api.data("Card", owner.token))["id"],
        "Correction": (await api.data("RequestCorrection", owner.token, **said))["correction"]["id"],
        "Licence": global_id("Licence", (await issued(api, owner)).id),
        "Upload": (await asked(api, owner, b"a file"))["upload"]["id"],
        "Consent": await consented(api, owner),
        "ServiceApplication": await _draft(api, owner),
        "Case": (await filed(api, owner))["case"]["id"],
        "AskSession": (await questioned(api, "whose is this", owner.token))["session"]["id"],
        **await said_in_public(api, owner),
        **await _appointments(api, owner),
        **await payment_belongings(api, owner),
        **await estate_belongings(api, owner),
        **await together_belongings(api, owner),
        **await family_visit_belongings(api, owner),
        **await place_belongings(api, owner),
        "TransitWatch": await transit_watch(api, owner),
        **await culture_belongings(api, owner),
        **await health_belongings(api, owner),
        **await volunteer_belongings(api, owner),
        **await surroundings_belongings(api, owner),
    }


async def for_everybody(api: Api) -> dict[str, str]:
    """What has no owner, by type."""
    hall, item = await hall_of(api), (await offered(api.city)).item
    office = await api.provider(await api.organisation())
    case = await listed(api, await api.sign_in(api.person()))
    return {
        "Venue": hall.venue,
        "ServiceQueue": hall.queue,
        "FamilyDoctorTeam": hall.team,
        "Survey": global_id("Survey", (await survey_of(api.city, await an_office(api.city))).id),
        "PublicCase": global_id("PublicCase", case.id),
        "ServiceItem": global_id("ServiceItem", f"{item}@1"),
        "Answer": global_id("Answer", f"{await answer_of(api, office)}@1"),
    }


async def _looked_at(api: Api, owner: Person, provider: str) -> str:
    code = await api.code(owner)
    made = await api.data("VerifyCode", provider, "provider", code=code, purpose="SERVICE_HALL", key=new_id())
    return str(made["id"])


async def _draft(api: Api, owner: Person) -> str:
    offer = await offered(api.city)
    given = {"item": offer.item, "unit": offer.unit, "key": new_id()}
    return str((await api.data("BeginApplication", owner.token, **given))["application"]["id"])


async def _appointments(api: Api, owner: Person) -> dict[str, str]:
    hall, times = await hall_of(api), await times_of(api)
    taken = await api.data("TakeNumber", owner.token, queueId=hall.queue, key=new_id())
    signed = await api.data("SignFamilyDoctor", owner.token, teamId=hall.team, key=new_id())
    return {
        "Ticket": taken["ticket"]["id"],
        "FamilyDoctorContract": signed["contract"]["id"],
        "Booking": (await booked(api, owner, times))["id"],
        "WaitingPlace": await waiting_place(api, owner, times),
    }

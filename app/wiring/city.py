"""The city: its core and its rooms, put together, started and stopped."""

from __future__ import annotations

from dataclasses import dataclass

from app.bridges import ServiceUse
from app.context import Services
from app.core.clock import Clock, SystemClock
from app.core.passwords import Passwords
from app.domains.identity.citizens.service import CitizenService
from app.domains.identity.citizens.store import CitizenStore
from app.domains.identity.sessions.service import Revocations
from app.settings import Settings
from app.wiring.card import Card, card_of
from app.wiring.core import Core, core_of
from app.wiring.identity import Calling, People, calling_of, people_of
from app.wiring.outside import Outside, outside
from app.wiring.rights import Rights, rights_of
from app.wiring.telling import Telling, telling_of
from app.wiring.webhooks import Webhooks, webhooks_of
from notifications.broadcasts.sending.service import Broadcaster
from notifications.dispatch.service import Dispatcher
from notifications.webhooks.sending.service import Courier
from virtual_card.cards.store import CardStore
from virtual_card.face import FaceStudio


@dataclass(frozen=True, slots=True, kw_only=True)
class City(Core):
    """Everything a process of the city needs. `start` before use, `stop` after."""

    outside: Outside
    services: Services
    dispatcher: Dispatcher
    broadcaster: Broadcaster
    service_use: ServiceUse
    courier: Courier
    citizens: CitizenStore
    cards: CardStore
    revocations: Revocations
    studio: FaceStudio
    passwords: Passwords

    async def start(self, *, follow: bool = True, subscriptions: bool = True) -> None:
        """Make what is missing in the database, read what is kept in memory, and follow its changes; with
        `subscriptions`, also what citizens may subscribe to."""
        await self.db.prepare()
        await self.data_keys.load()
        await self.keys.load()
        await self.services.organisations.load()
        await self.revocations.load()
        if follow:
            await self.changes.start(subscriptions=subscriptions)
        self.tallies.start()

    async def stop(self) -> None:
        await self.courier.finish()
        await self.changes.stop()
        for one in self.outside.to_close:
            await one.aclose()
        self.passwords.close()
        self.studio.close()
        await self.tallies.stop()
        await self.db.close()


def build(settings: Settings, *, beyond: Outside | None = None, clock: Clock | None = None) -> City:
    """Put the city together; nothing is sent anywhere yet."""
    core, beyond, studio = core_of(settings, clock or SystemClock()), beyond or outside(settings), FaceStudio()
    calling = calling_of(core)
    people = people_of(core, beyond, calling, studio)
    card = card_of(core, calling, people, studio)
    telling = telling_of(core, beyond, calling, people, card)
    webhooks = webhooks_of(core, beyond, calling)
    rights = rights_of(core, beyond, calling, people, card)
    city = City(
        **core.parts(),
        outside=beyond,
        services=_services(core, calling, people, card, telling, webhooks, rights),
        dispatcher=telling.dispatcher,
        broadcaster=telling.broadcaster,
        service_use=ServiceUse(people.citizens, calling.organisations),
        courier=webhooks.courier,
        citizens=people.citizens,
        cards=card.store,
        revocations=calling.revocations,
        studio=studio,
        passwords=calling.passwords,
    )
    _follow(city)
    return city


def _services(
    core: Core, calling: Calling, people: People, card: Card, telling: Telling, webhooks: Webhooks, rights: Rights
) -> Services:
    return Services(
        sign_in=people.sign_in,
        sessions=calling.sessions,
        citizens=CitizenService(people.citizens),
        verification=people.verification,
        guardians=people.guardians,
        exports=rights.exports,
        corrections=rights.corrections,
        erasures=rights.erasures,
        organisations=calling.organisations,
        clients=calling.clients,
        onboarding=calling.onboarding,
        staffing=calling.staffing,
        staff=calling.staff,
        cards=card.cards,
        codes=card.codes,
        trials=card.trials,
        disclosures=card.disclosures,
        lookups=card.lookups,
        templates=telling.templates,
        preferences=telling.preferences,
        messages=telling.messages,
        devices=telling.devices,
        deliveries=telling.deliveries,
        notices=telling.notices,
        broadcasts=telling.broadcasts,
        dead_letters=core.dead_letters,
        webhooks=webhooks.endpoints,
        webhook_deliveries=webhooks.deliveries,
    )


def _follow(city: City) -> None:
    """What is kept in memory, and how it hears of a change. The order is that of their loading."""
    changes, organisations, templates = city.changes, city.services.organisations, city.services.templates
    # Before the keys that they seal.
    changes.on("data_keys", city.data_keys.changed, city.data_keys.load)
    changes.on("person_keys", city.persons.changed, city.persons.forget)
    changes.on("signing_keys", city.keys.changed, city.keys.load)
    changes.on("organisations", organisations.changed, organisations.load)
    changes.on("templates", templates.changed, templates.reload)
    changes.on("cards", city.services.codes.card_changed, city.services.codes.forget_list)
    changes.on("revocations", city.revocations.changed, city.revocations.load)

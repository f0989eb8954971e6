"""The city: its core and its rooms, put together, started and stopped."""

from __future__ import annotations

from dataclasses import dataclass

from app.bridges.applications import CountedVisits
from app.bridges.telling import ServiceUse
from app.context import Services
from app.core.clock import Clock, SystemClock
from app.core.passwords import Passwords
from app.core.uploads.limited import LimitedReader
from app.domains.identity.citizens.store import CitizenStore
from app.domains.identity.sessions.service import Revocations
from app.settings import Settings
from app.wiring.core import Core, core_of
from app.wiring.outside import Outside, outside
from app.wiring.rooms import rooms_of
from app.wiring.services import services_of
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
    counted_visits: CountedVisits
    courier: Courier
    citizens: CitizenStore
    cards: CardStore
    revocations: Revocations
    studio: FaceStudio
    reader: LimitedReader

    async def start(self, *, follow: bool = True, subscriptions: bool = True, prepared: bool = False) -> None:
        """Make what is missing in the database, unless it is known to be `prepared`; read what is kept in memory, and
        follow its changes; with `subscriptions`, also what citizens may subscribe to."""
        if not prepared:
            await self.db.prepare()
        await self.data_keys.load()
        await self.keys.load()
        await self.services.organisations.load()
        await self.services.appointments.venues.load()
        await self.services.voice.categories.load()
        await self.services.life.home.scenes.load()
        await self.services.voice.places.load()
        await self.services.voice.neighbours.load()
        await self.services.voice.centre.rules.load()
        await self.calendar.load()
        await self.revocations.load()
        if follow:  # a command of the shell asks nobody for a bus
            await self.services.life.transit.keeper.load()
            await self.services.life.transit.live.load()
        if follow and subscriptions:
            await self._open_search()
        if follow:
            await self.changes.start(subscriptions=subscriptions)
        self.tallies.start()

    async def _open_search(self) -> None:
        """Only where somebody searches: a worker has no index, and does not read what changes in a hundred thousand
        offers. It is built when the stream is open, by the reload that every listener is told then.
        """
        keeper = self.services.government.search.keeper
        await keeper.open()
        self.changes.on("service_items", keeper.item_changed, keeper.reload)
        self.changes.on("offers", keeper.offer_changed, keeper.reload)
        self.changes.on("item_weights", keeper.weight_changed, keeper.reload)
        knowledge = self.services.government.knowledge
        self.changes.on("answers", knowledge.changed, knowledge.reload)
        places = self.services.life.directory.search.keeper
        await places.open()
        self.changes.on("places", places.place_changed, places.reload)

    async def stop(self) -> None:
        await self.courier.finish()
        await self.services.government.porter.finish()
        await self.services.government.search.keeper.close()
        await self.services.life.directory.search.keeper.close()
        await self.changes.stop()
        for one in self.outside.to_close:
            await one.aclose()
        self.passwords.close()
        await self.reader.close()
        self.studio.close()
        await self.tallies.stop()
        await self.db.close()


def build(
    settings: Settings,
    *,
    beyond: Outside | None = None,
    clock: Clock | None = None,
    passwords: Passwords | None = None,
) -> City:
    """Put the city together; nothing is sent anywhere yet."""
    core = core_of(settings, clock or SystemClock(), passwords or Passwords())
    rooms = rooms_of(core, beyond or outside(settings), FaceStudio())
    city = City(
        **core.parts(),
        outside=rooms.outside,
        services=services_of(rooms),
        dispatcher=rooms.telling.dispatcher,
        broadcaster=rooms.telling.broadcaster,
        service_use=ServiceUse(rooms.people.citizens, rooms.calling.organisations),
        counted_visits=CountedVisits(rooms.government.applications),
        courier=rooms.webhooks.courier,
        citizens=rooms.people.citizens,
        cards=rooms.card.store,
        revocations=rooms.calling.revocations,
        studio=rooms.studio,
        reader=rooms.uploads.reader,
    )
    _follow(city)
    return city


def _follow(city: City) -> None:
    """What is kept in memory, and how it hears of a change. The order is that of their loading."""
    changes, organisations, templates = city.changes, city.services.organisations, city.services.templates
    # Before the keys that they seal.
    changes.on("data_keys", city.data_keys.changed, city.data_keys.load)
    changes.on("person_keys", city.persons.changed, city.persons.forget)
    changes.on("signing_keys", city.keys.changed, city.keys.load)
    changes.on("calendar_days", city.calendar.changed, city.calendar.load)
    changes.on("organisations", organisations.changed, organisations.load)
    venues = city.services.appointments.venues
    changes.on("venues", venues.venue_changed, venues.load)
    changes.on("venue_resources", venues.resource_changed, venues.load)
    changes.on("venue_services", venues.service_changed, venues.load)
    voice = city.services.voice
    changes.on("case_categories", voice.categories.changed, voice.categories.load)
    changes.on("boundaries", voice.places.changed, voice.places.load)
    changes.on("neighbours", voice.neighbours.changed, voice.neighbours.load)
    transit = city.services.life.transit
    changes.on("transit_feeds", transit.keeper.changed, transit.keeper.load)
    changes.on("transit_live", transit.live.changed, transit.live.load)
    rules = voice.centre.rules
    changes.on("responsibilities", rules.responsibility_changed, rules.load)
    changes.on("fallbacks", rules.fallback_changed, rules.load)
    scenes = city.services.life.home.scenes
    changes.on("home_scenes", scenes.changed, scenes.load)
    changes.on("templates", templates.changed, templates.reload)
    catalogue = city.services.government.catalogue
    changes.on("service_items", catalogue.changed, catalogue.reload)
    codes, documents = city.services.codes, city.services.licence_documents
    changes.on("cards", codes.status_list.changed, codes.status_list.forget)
    changes.on("licences", documents.status_list.changed, documents.status_list.forget)
    changes.on("revocations", city.revocations.changed, city.revocations.load)

"""What people are told: texts, choices and devices, the dispatch of one event, notices of a provider, broadcasts."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass

from app.bridges.telling import CardAddressees, CityPopulation, PeopleReach, StillTrueOfCards, StillTrueOfGuardianships
from app.wiring.card import Card
from app.wiring.core import Core
from app.wiring.identity import Calling, People
from app.wiring.outside import Outside
from notifications.broadcasts.sending.service import Broadcaster
from notifications.broadcasts.service import SCOPE as BROADCAST
from notifications.broadcasts.service import BroadcastService
from notifications.broadcasts.store import BroadcastStore
from notifications.deliveries.service import DeliveryService
from notifications.deliveries.store import DeliveryStore, DigestStore
from notifications.devices.service import DeviceService
from notifications.devices.store import PushDeviceStore
from notifications.dispatch.service import Dispatcher
from notifications.messages.model import Message
from notifications.messages.service import MessageService, Wording
from notifications.messages.store import InboxStore
from notifications.notices.service import NoticeService
from notifications.notices.store import NoticeStore
from notifications.preferences.service import PreferenceService
from notifications.preferences.store import PreferenceStore
from notifications.templates.service import TemplateService
from notifications.templates.store import TemplateStore


@dataclass(frozen=True, slots=True)
class _Told:
    """What a message passes on its way, whoever sends it."""

    inbox: InboxStore
    device_store: PushDeviceStore
    delivery_store: DeliveryStore
    templates: TemplateService
    preferences: PreferenceService
    wording: Wording
    deliveries: DeliveryService


@dataclass(frozen=True, slots=True)
class Telling:
    templates: TemplateService
    preferences: PreferenceService
    messages: MessageService
    devices: DeviceService
    deliveries: DeliveryService
    notices: NoticeService
    broadcasts: BroadcastService
    dispatcher: Dispatcher
    broadcaster: Broadcaster


def telling_of(
    core: Core,
    beyond: Outside,
    calling: Calling,
    people: People,
    card: Card,
    still_true: Mapping[str, Callable[[Message], Awaitable[bool]]],
) -> Telling:
    """`still_true`: what later rooms look up again in the moment of sending, by event."""
    told = _told_of(core, beyond, calling)
    notice_store, broadcast_store = NoticeStore(core.db, core.persons), BroadcastStore(core.db)
    population = CityPopulation(people.citizens, calling.organisations, core.clock)
    notices = _notices_of(core, told, notice_store, people, card)
    broadcasts = BroadcastService(
        broadcast_store, told.templates, population, core.audit, core.once, core.clock, core.tallies.count
    )
    dispatcher = _dispatcher_of(core, told, notice_store, notices, broadcasts, people, card, still_true)
    return Telling(
        told.templates,
        told.preferences,
        MessageService(told.inbox, told.deliveries, told.wording, core.changes, core.clock),
        DeviceService(told.device_store, core.clock),
        told.deliveries,
        notices,
        broadcasts,
        dispatcher,
        Broadcaster(
            core.db,
            broadcast_store,
            population,
            dispatcher.deliver,
            lambda code: calling.organisations.tree.grants(code, BROADCAST),
            core.audit,
            core.clock,
            core.tallies.count,
        ),
    )


def _told_of(core: Core, beyond: Outside, calling: Calling) -> _Told:
    db, clock, organisations = core.db, core.clock, calling.organisations
    devices, delivery_store = PushDeviceStore(db, core.ring, core.persons), DeliveryStore(db)
    templates = TemplateService(TemplateStore(db), core.limits, core.audit, core.once, clock)
    preferences = PreferenceService(
        PreferenceStore(db), lambda code: organisations.tree.get(code) is not None, core.audit, core.once
    )
    deliveries = DeliveryService(
        db, delivery_store, devices, beyond.push, beyond.texts, core.ring, core.outbox, clock, core.tallies.count
    )
    wording = Wording(templates, core.persons, organisations.name_of)
    return _Told(InboxStore(db), devices, delivery_store, templates, preferences, wording, deliveries)


def _notices_of(core: Core, told: _Told, store: NoticeStore, people: People, card: Card) -> NoticeService:
    return NoticeService(
        store,
        told.delivery_store,
        told.templates,
        CardAddressees(card.disclosure_store, card.store, people.citizens, core.clock),
        core.limits,
        core.outbox,
        core.audit,
        core.once,
        core.clock,
    )


def _dispatcher_of(
    core: Core,
    told: _Told,
    notice_store: NoticeStore,
    notices: NoticeService,
    broadcasts: BroadcastService,
    people: People,
    card: Card,
    still_true: Mapping[str, Callable[[Message], Awaitable[bool]]],
) -> Dispatcher:
    of_cards = StillTrueOfCards(card.store, core.clock)
    of_guardianships = StillTrueOfGuardianships(people.guardianships)
    return Dispatcher(
        told.inbox,
        DigestStore(core.db, core.ring),
        told.device_store,
        notice_store,
        told.deliveries,
        told.preferences,
        told.templates,
        told.wording,
        PeopleReach(people.citizens, people.guardianships, core.clock),
        {
            "card.expires_soon": of_cards.active,
            "guardianship.proposed": of_guardianships.proposed,
            "notice.sent": notices.still_stands,
            "broadcast.sent": broadcasts.still_goes_on,
            **still_true,
        },
        core.outbox,
        core.clock,
        core.settings.city,
    )

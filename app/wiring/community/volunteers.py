"""Volunteers, micro-wishes, responders."""

from __future__ import annotations

from typing import Any

from app.bridges.estates import CivilNames
from app.bridges.places import CityBounds
from app.bridges.voice import CityDivisions
from app.bridges.volunteers import PlacesTold, SessionDevices, VolunteerPoints, WishFiles, WordsForAll
from app.context.volunteers import Volunteering
from app.domains.community.responders.calls.service import CallService
from app.domains.community.responders.calls.store import CallStore
from app.domains.community.responders.service import ResponderService
from app.domains.community.responders.store import ResponderStore
from app.domains.community.volunteers.activities.news.service import ActivityNews
from app.domains.community.volunteers.activities.service import ActivityService
from app.domains.community.volunteers.activities.signing.service import Roster, Signing
from app.domains.community.volunteers.activities.store import ActivityStore
from app.domains.community.volunteers.check_ins.flags.service import FlagService
from app.domains.community.volunteers.check_ins.flags.store import FlagStore
from app.domains.community.volunteers.check_ins.leading.service import Leading
from app.domains.community.volunteers.check_ins.service import CheckInService
from app.domains.community.volunteers.check_ins.store import CheckInStore
from app.domains.community.volunteers.groups.service import GroupService
from app.domains.community.volunteers.groups.store import GroupStore
from app.domains.community.volunteers.hours.certificates.service import CertificateService
from app.domains.community.volunteers.hours.service import HoursService, HoursStores
from app.domains.community.volunteers.hours.store import HoursStore
from app.domains.community.volunteers.hours.thanks.service import Thanking
from app.domains.community.volunteers.hours.thanks.store import ThanksStore
from app.domains.community.volunteers.patrols.service import RouteService
from app.domains.community.volunteers.patrols.store import RouteStore
from app.domains.community.volunteers.patrols.walks.service import WalkService
from app.domains.community.volunteers.patrols.walks.store import WalkStore
from app.domains.community.volunteers.service import VolunteerService
from app.domains.community.volunteers.store import VolunteerStore
from app.domains.community.wishes.holding.service import WishHolding
from app.domains.community.wishes.service import WishService
from app.domains.community.wishes.steps.service import WishSteps
from app.domains.community.wishes.store import WishStore
from app.domains.identity.citizens.store import CitizenStore
from app.domains.identity.organisations.model import Tree
from app.domains.identity.sessions.store import SessionStore
from app.domains.payment.points.grants.service import GrantService
from app.domains.voice.places.service import PlaceService
from app.wiring.card import Card
from app.wiring.core import Core
from app.wiring.uploads import Uploads


def volunteering_of(
    core: Core,
    card: Card,
    uploads: Uploads,
    tree: Tree,
    places: PlaceService,
    grants: GrantService,
    citizens: CitizenStore,
) -> Volunteering:
    db, clock, audit, once, outbox = core.db, core.clock, core.audit, core.once, core.outbox
    store = VolunteerStore(db)
    divisions = CityDivisions(tree, core.settings.city_division)
    register = VolunteerService(db, store, divisions, outbox, audit, once, clock)
    city = CityBounds(places)
    doing = _doing(core, register, store, tree, city, grants, citizens)
    helping = _helping(core, card, register, city)
    wishing = _wishing(core, register, uploads, tree)
    for room in (doing["signing"], helping["responders"], wishing["wish_holding"]):
        register.follow(room)
    return Volunteering(register=register, **doing, **helping, **wishing)


def _wishing(core: Core, register: VolunteerService, uploads: Uploads, tree: Tree) -> dict[str, Any]:
    """What is wished of volunteers, by the names of the fields."""
    db, clock, audit, once, outbox = core.db, core.clock, core.audit, core.once, core.outbox
    store, words, files = WishStore(db, core.persons), WordsForAll(), WishFiles(uploads.service)
    steps = WishSteps(db, store, outbox, audit, once, clock)
    return {
        "wish_steps": steps,
        "wishes": WishService(store, steps, words, files, tree, outbox, audit, once, clock),
        "wish_holding": WishHolding(store, steps, register, words, files, outbox, clock),
    }


def _doing(
    core: Core,
    register: VolunteerService,
    store: VolunteerStore,
    tree: Tree,
    city: CityBounds,
    grants: GrantService,
    citizens: CitizenStore,
) -> dict[str, Any]:
    """What volunteers do, by the names of the fields."""
    db, clock, audit, once, outbox = core.db, core.clock, core.audit, core.once, core.outbox
    stores = HoursStores(HoursStore(db), CheckInStore(db, core.persons), ActivityStore(db), store)
    group_store = GroupStore(db)
    groups = GroupService(group_store, register, tree, outbox, audit, once, clock)
    route_store = RouteStore(db)
    routes = RouteService(route_store, groups, city, core.ring, audit, once, clock)
    activities = ActivityService(stores.activities, groups, city, routes, outbox, audit, once, clock)
    signing = Signing(db, stores.activities, register, outbox, audit, once, clock)
    flags = FlagService(FlagStore(db), stores.check_ins, store, audit, once, clock)
    devices, around = SessionDevices(SessionStore(db)), (core.ring, audit, once, clock)
    thanking = Thanking(db, ThanksStore(db), VolunteerPoints(grants), outbox, clock)
    paper = (CivilNames(citizens), tree, core.ring, clock, core.base_url, core.settings.city)
    check_ins = CheckInService(stores.check_ins, stores.activities, activities, flags, store, devices, *around)
    walked = (WalkStore(db), route_store, stores.activities, activities, stores.check_ins, flags)
    return {
        "groups": groups,
        "activities": activities,
        "signing": signing,
        "roster": Roster(stores.activities, activities, signing),
        "news": ActivityNews(stores.activities, signing, outbox, clock),
        "check_ins": check_ins,
        "leading": Leading(group_store, groups, stores.activities, check_ins, register, audit, once),
        "routes": routes,
        "walks": WalkService(*walked, *around),
        "flags": flags,
        "hours": HoursService(db, stores, activities, flags, thanking, outbox, audit, once, clock),
        "thanking": thanking,
        "certificates": CertificateService(store, stores.hours, stores.activities, *paper),
    }


def _helping(core: Core, card: Card, register: VolunteerService, city: CityBounds) -> dict[str, Any]:
    """Who comes when he is called, by the names of the fields."""
    db, clock, audit, once = core.db, core.clock, core.audit, core.once
    store, calls = ResponderStore(db, core.ring, core.persons), CallStore(db, core.ring, core.persons)
    told = PlacesTold(card.disclosures, clock)
    return {
        "responders": ResponderService(db, store, calls, register, city, audit, once, clock),
        "calls": CallService(calls, store, city, told, core.changes, core.outbox, audit, once, clock),
    }

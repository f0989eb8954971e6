"""The directory of places."""

from __future__ import annotations

from app.bridges.directory import ProofsOfUse, PublicWords, RealPeople, ReviewBoard, ReviewMatters
from app.bridges.places import CityBounds
from app.context import Appointments, Voice
from app.context.directory import Directory
from app.core.imports.store import ProgressStore
from app.domains.appointments.booking.bookings.store import BookingStore
from app.domains.life.directory.corrections.service import CorrectionService
from app.domains.life.directory.corrections.store import CorrectionStore
from app.domains.life.directory.doubles.service import DoubleService
from app.domains.life.directory.doubles.store import DoubleStore
from app.domains.life.directory.favourites.service import FavouriteService
from app.domains.life.directory.favourites.store import FavouriteStore
from app.domains.life.directory.imports.service import PlaceImports
from app.domains.life.directory.places.bringing.service import Bringing
from app.domains.life.directory.places.keeping.service import PlaceKeeping
from app.domains.life.directory.places.service import PlaceService
from app.domains.life.directory.places.store import PlaceStore
from app.domains.life.directory.reviews.replying.service import ReplyService
from app.domains.life.directory.reviews.service import ReviewService
from app.domains.life.directory.reviews.store import ReviewStore
from app.domains.life.directory.search.keeping.service import PlaceIndex
from app.domains.life.directory.search.service import PlaceSearch
from app.domains.payment.payments.store import PaymentStore
from app.domains.voice.conversations.moderation.model import PostKind
from app.wiring.card import Card
from app.wiring.core import Core
from app.wiring.identity import Calling, People


def directory_of(
    core: Core, calling: Calling, people: People, card: Card, appointments: Appointments, voice: Voice
) -> Directory:
    db, clock, audit, once, tree = core.db, core.clock, core.audit, core.once, calling.organisations.tree
    store, doubles, bounds = PlaceStore(db), DoubleStore(db), CityBounds(voice.places)
    places, bringing = PlaceService(store, core.calendar, clock), Bringing(store, doubles, clock)
    keeping = PlaceKeeping(store, places, bringing, bounds, tree, audit, once, clock)
    reviewing = _reviews_of(core, people, card, appointments, voice, store, places)
    favourites = FavouriteStore(db)
    return Directory(
        places=places,
        search=PlaceSearch(PlaceIndex(store), places),
        keeping=keeping,
        imports=PlaceImports(db, ProgressStore(db["place_imports"]), bringing, bounds, audit, clock),
        doubles=DoubleService(doubles, store, (reviewing, favourites), audit, once, clock),
        reviews=reviewing,
        replies=ReplyService(ReviewStore(db, core.persons), keeping, PublicWords(), core.outbox, audit, once, clock),
        favourites=FavouriteService(favourites, places, core.limits, once, clock),
        corrections=CorrectionService(
            *(db, CorrectionStore(db, core.persons), places, keeping, RealPeople(people.citizens), bounds, tree),
            *(core.limits, core.outbox, audit, once, clock),
        ),
    )


def _reviews_of(
    core: Core,
    people: People,
    card: Card,
    appointments: Appointments,
    voice: Voice,
    store: PlaceStore,
    places: PlaceService,
) -> ReviewService:
    db, moderation = core.db, voice.conversations.moderation
    proofs = ProofsOfUse(card.disclosure_store, BookingStore(db), appointments.venues, PaymentStore(db), core.clock)
    reviews = ReviewService(
        *(db, ReviewStore(db, core.persons), store, places, PublicWords(), RealPeople(people.citizens), proofs),
        *(ReviewMatters(moderation), core.limits, core.audit, core.once, core.clock),
    )
    moderation.takes(PostKind.REVIEW, ReviewBoard(reviews))
    return reviews

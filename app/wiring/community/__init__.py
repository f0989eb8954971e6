"""The community: its rooms in the order in which they need each other, one file a noun."""

from __future__ import annotations

from app.context import Appointments, Community, Payment, Voice
from app.core.tills.service import Till
from app.wiring.card import Card
from app.wiring.community.emergencies import emergencies_of
from app.wiring.community.estates import neighbourhood_of
from app.wiring.community.living import living_of
from app.wiring.community.together import together_of
from app.wiring.community.volunteers import volunteering_of
from app.wiring.core import Core
from app.wiring.identity import Calling, People
from app.wiring.outside import Outside
from app.wiring.uploads import Uploads


def community_of(
    core: Core,
    beyond: Outside,
    calling: Calling,
    people: People,
    card: Card,
    uploads: Uploads,
    appointments: Appointments,
    voice: Voice,
    payment: Payment,
    till: Till,
) -> Community:
    living = living_of(core, calling, people, voice.places)
    tree = calling.organisations.tree
    return Community(
        emergencies=emergencies_of(core, people, card, uploads, voice),
        neighbourhood=neighbourhood_of(core, beyond, card, uploads, voice, living),
        together=together_of(core, beyond, calling, people, card, uploads, voice, till, living),
        volunteering=volunteering_of(core, card, uploads, tree, voice.places, payment.points.grants, people.citizens),
    )

"""What resolvers are given of the rooms."""

from __future__ import annotations

from typing import Any

from app.context import Services
from app.domains.identity.citizens.service import CitizenService
from app.wiring.rooms import Rooms


def services_of(rooms: Rooms) -> Services:
    return Services(
        **_of_identity(rooms),
        **_of_the_card(rooms),
        **_of_telling(rooms),
        uploads=rooms.uploads.service,
        dead_letters=rooms.core.dead_letters,
        government=rooms.government,
        appointments=rooms.appointments,
        voice=rooms.voice,
        payment=rooms.payment,
        life=rooms.life,
        community=rooms.community,
    )


def _of_identity(rooms: Rooms) -> dict[str, Any]:
    calling, people, rights = rooms.calling, rooms.people, rooms.rights
    return {
        "sign_in": people.sign_in,
        "sessions": calling.sessions,
        "citizens": CitizenService(people.citizens),
        "verification": people.verification,
        "guardians": people.guardians,
        "exports": rights.exports,
        "corrections": rights.corrections,
        "erasures": rights.erasures,
        "organisations": calling.organisations,
        "clients": calling.clients,
        "onboarding": calling.onboarding,
        "staffing": calling.staffing,
        "staff": calling.staff,
    }


def _of_the_card(rooms: Rooms) -> dict[str, Any]:
    card = rooms.card
    return {
        "cards": card.cards,
        "codes": card.codes,
        "trials": card.trials,
        "disclosures": card.disclosures,
        "lookups": card.lookups,
        "licences": card.licences,
        "licence_showing": card.showing,
        "licence_documents": card.documents,
    }


def _of_telling(rooms: Rooms) -> dict[str, Any]:
    telling, webhooks = rooms.telling, rooms.webhooks
    return {
        "templates": telling.templates,
        "preferences": telling.preferences,
        "messages": telling.messages,
        "devices": telling.devices,
        "deliveries": telling.deliveries,
        "notices": telling.notices,
        "broadcasts": telling.broadcasts,
        "webhooks": webhooks.endpoints,
        "webhook_deliveries": webhooks.deliveries,
    }

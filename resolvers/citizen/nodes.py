"""`node(id:)`: each type is found by a service that asks whose it is; "not yours" looks like "not there"."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping

import strawberry

from app.context import Context
from graphql_schema.types.appointments.bookings import Booking
from graphql_schema.types.card import Disclosure
from graphql_schema.types.common import Info, Node, citizens, parse_global_id
from graphql_schema.types.identity import Citizen, Device, Guardianship
from graphql_schema.types.messages import Message
from graphql_schema.types.uploads import Upload
from resolvers.citizen.appointments.nodes import contract_node, queue_node, team_node, venue_node
from resolvers.citizen.appointments.queues import ticket_node
from resolvers.citizen.card import shown
from resolvers.citizen.government.answers import answer_node
from resolvers.citizen.government.applications import service_application_node
from resolvers.citizen.government.catalogue import service_item_node
from resolvers.citizen.government.shared_data import consent_node
from resolvers.citizen.licences import in_wallet
from resolvers.citizen.payment.bills import bill_node, bill_receipt_node, biller_account_node
from resolvers.citizen.payment.payments import payment_node
from resolvers.citizen.payment.wallet import bank_card_node, top_up_node, withdrawal_node
from resolvers.citizen.voice.cases import case_node
from resolvers.citizen.voice.conversations import thread_node
from resolvers.citizen.voice.proposals import proposal_node
from resolvers.citizen.voice.public import public_case_node
from resolvers.citizen.voice.surveys import survey_node


async def _citizen(info: Info, key: str) -> Node | None:
    found = await info.context.services.citizens.me(info.context.viewer)
    return Citizen.of(found) if found and found.id == key else None


async def _card(info: Info, key: str) -> Node | None:
    found = await info.context.services.cards.one(info.context.viewer, key)
    return shown(found, info) if found else None


async def _disclosure(info: Info, key: str) -> Node | None:
    services = info.context.services
    found = await services.disclosures.one(info.context.viewer, key)
    return Disclosure.of(found, services.organisations.tree) if found else None


async def _message(info: Info, key: str) -> Node | None:
    context: Context = info.context
    found = await context.services.messages.one(context.viewer, key, context.locale)
    return Message.of(found) if found else None


async def _device(info: Info, key: str) -> Node | None:
    viewer = info.context.viewer
    mine = await info.context.services.sessions.devices(viewer)
    return next((Device.of(session, viewer) for session in mine if session.id == key), None)


async def _guardianship(info: Info, key: str) -> Node | None:
    guardians = info.context.services.guardians
    found = await guardians.one(info.context.viewer, key)
    return Guardianship.of(found, await guardians.people([found])) if found else None


async def _licence(info: Info, key: str) -> Node | None:
    found = await info.context.services.licences.one(info.context.viewer, key)
    return in_wallet(found, info) if found else None


async def _upload(info: Info, key: str) -> Node | None:
    context: Context = info.context
    found = await context.services.uploads.one(context.viewer, key)
    return Upload.of(found, context.services.uploads, context.locale) if found else None


async def _booking(info: Info, key: str) -> Node | None:
    found = await info.context.services.appointments.bookings.one(info.context.viewer, key)
    return Booking.of(found, info) if found else None


LOADERS: Mapping[str, Callable[[Info, str], Awaitable[Node | None]]] = {
    "Answer": answer_node,
    "BankCard": bank_card_node,
    "Bill": bill_node,
    "BillReceipt": bill_receipt_node,
    "BillerAccount": biller_account_node,
    "Booking": _booking,
    "Card": _card,
    "Citizen": _citizen,
    "Consent": consent_node,
    "Device": _device,
    "Disclosure": _disclosure,
    "FamilyDoctorContract": contract_node,
    "FamilyDoctorTeam": team_node,
    "Guardianship": _guardianship,
    "Licence": _licence,
    "Message": _message,
    "Payment": payment_node,
    "Proposal": proposal_node,
    "ServiceApplication": service_application_node,
    "Case": case_node,
    "PublicCase": public_case_node,
    "ServiceItem": service_item_node,
    "ServiceQueue": queue_node,
    "Survey": survey_node,
    "Thread": thread_node,
    "Ticket": ticket_node,
    "TopUp": top_up_node,
    "Upload": _upload,
    "Venue": venue_node,
    "Withdrawal": withdrawal_node,
}


@strawberry.type
class NodeQuery:
    @strawberry.field(metadata=citizens(), description="Null for what is not there and for what is not yours.")
    async def node(self, info: Info, id: strawberry.ID) -> Node | None:
        type_name, key = parse_global_id(id)
        load = LOADERS.get(type_name)
        return await load(info, key) if load else None

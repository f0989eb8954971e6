"""`node(id:)`: each type is found by a service that asks whose it is; "not yours" looks like "not there"."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping

import strawberry

from app.context import Context
from graphql_schema.types.card import Disclosure
from graphql_schema.types.common import Info, Node, citizens, parse_global_id
from graphql_schema.types.identity import Citizen, Device, Guardianship
from graphql_schema.types.messages import Message
from resolvers.citizen.card import shown


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


LOADERS: Mapping[str, Callable[[Info, str], Awaitable[Node | None]]] = {
    "Card": _card,
    "Citizen": _citizen,
    "Device": _device,
    "Disclosure": _disclosure,
    "Guardianship": _guardianship,
    "Message": _message,
}


@strawberry.type
class NodeQuery:
    @strawberry.field(metadata=citizens(), description="Null for what is not there and for what is not yours.")
    async def node(self, info: Info, id: strawberry.ID) -> Node | None:
        type_name, key = parse_global_id(id)
        load = LOADERS.get(type_name)
        return await load(info, key) if load else None

"""Venues, queues, teams and contracts by their id, for `node(id:)`."""

from __future__ import annotations

from graphql_schema.types.appointments.contracts import FamilyDoctorContract, FamilyDoctorTeam
from graphql_schema.types.appointments.queues import ServiceQueue
from graphql_schema.types.appointments.venues import Venue
from graphql_schema.types.common import Info, Node


async def venue_node(info: Info, key: str) -> Node | None:
    rooms = info.context.services.appointments
    found = rooms.venues.venue(key, await rooms.people.test_of(info.context.viewer.citizen()))
    return Venue.of(found, rooms.venues.directory, info.context.locale) if found else None


async def queue_node(info: Info, key: str) -> Node | None:
    rooms = info.context.services.appointments
    found = await rooms.queues.seen(key, await rooms.people.test_of(info.context.viewer.citizen()))
    return ServiceQueue.of(found, info.context.locale) if found else None


async def team_node(info: Info, key: str) -> Node | None:
    rooms = info.context.services.appointments
    found = await rooms.contracts.team(info.context.viewer, key)
    return FamilyDoctorTeam.of(found, rooms.venues.directory, info.context.locale) if found else None


async def contract_node(info: Info, key: str) -> Node | None:
    contracts = info.context.services.appointments.contracts
    mine = await contracts.mine(info.context.viewer)
    return FamilyDoctorContract.of(mine[0], contracts.today) if mine and mine[0].id == key else None

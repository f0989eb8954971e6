"""Appointments, for citizens: one file a noun, put together here."""

from __future__ import annotations

import strawberry

from resolvers.citizen.appointments.bookings import BookingMutation, BookingQuery, BookingSubscription
from resolvers.citizen.appointments.contracts import ContractMutation, ContractQuery
from resolvers.citizen.appointments.departments import DepartmentQuery
from resolvers.citizen.appointments.queues import QueueMutation, QueueQuery, QueueSubscription
from resolvers.citizen.appointments.waiting import WaitingMutation, WaitingQuery


@strawberry.type
class AppointmentQuery(BookingQuery, DepartmentQuery, WaitingQuery, QueueQuery, ContractQuery):
    pass


@strawberry.type
class AppointmentMutation(BookingMutation, WaitingMutation, QueueMutation, ContractMutation):
    pass


@strawberry.type
class AppointmentSubscription(BookingSubscription, QueueSubscription):
    pass

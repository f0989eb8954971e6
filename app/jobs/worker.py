"""One worker process: its loops, and what runs by the clock."""

from __future__ import annotations

import asyncio

from app.jobs.consumers import each_of
from app.jobs.loops import Loop
from app.jobs.relay import Relay
from app.jobs.sampling import sampling
from app.jobs.schedule import Schedule
from app.wiring import City
from notifications.channels.late import LatePush

_LOOK = 5.0


def relay_of(city: City) -> Relay:
    """To whom the events of the outbox are handed."""
    return Relay(
        city.outbox,
        each_of(
            city.dispatcher.tell,
            city.services.webhook_deliveries.take,
            city.service_use.take,
            city.counted_visits.take,
            city.services.voice.publishing.take,
            city.services.voice.likeness.take,
            city.services.voice.ties.take,
            city.services.voice.inbound.follow,
            city.services.voice.escalations.take,
            city.services.voice.neighbours.take,
            city.services.payment.rides.debts.take,
            city.services.life.surroundings.watches.take,
            city.services.payment.bills.tell_billers,
            city.services.community.volunteering.news.take,
        ),
    )


def loops_of(city: City, relay: Relay) -> list[Loop]:
    """What each worker does all the time."""
    return [
        Loop("relay", relay.round, idle=0.2),
        Loop("webhooks", city.courier.round, idle=0.5),
        Loop("broadcasts", city.broadcaster.round, idle=0.5),
        Loop("handover", city.services.government.porter.round, idle=0.5),
        Loop("exports", city.services.exports.make_next, idle=2.0),
        Loop("appointments", city.services.appointments.sweep.round, idle=1.0),
        Loop("closed-days", city.services.appointments.schedules.settle, idle=2.0),
        Loop("inbound", city.services.voice.inbound.round, idle=0.5),
        Loop("answers", city.services.voice.channel_answers.round, idle=0.5),
        Loop("open311", city.services.voice.open311_filing.round, idle=0.5),
        Loop("neighbours", city.services.voice.messenger.round, idle=0.5),
        Loop("neighbour-news", city.services.voice.neighbour_news.round, idle=1.0),
        Loop("transit", city.services.life.transit.listening.round, idle=1.0),
        Loop("transit-watches", city.services.life.transit.watches.round, idle=5.0),
        Loop("audit", city.audit_chain.seal, idle=0.5),
        sampling(city),
    ]


class Worker:
    def __init__(self, city: City) -> None:
        self._schedule = Schedule(city)
        self._relay = relay_of(city)
        self._loops = [*loops_of(city, self._relay), Loop("jobs", self._schedule.look, idle=_LOOK)]
        self._stopping = asyncio.Event()
        self._push = city.outside.push

    def stop(self) -> None:
        """Finish what is claimed, claim no more."""
        self._stopping.set()

    async def run(self) -> None:
        """Until `stop`: what is claimed is finished first."""
        if isinstance(self._push, LatePush):
            await self._push.ready()
        self._schedule.start()
        try:
            await asyncio.gather(*(loop.run(self._stopping) for loop in self._loops))
        finally:
            await self._relay.finish()
            await self._schedule.stop()

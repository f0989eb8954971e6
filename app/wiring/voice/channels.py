"""Channels: what they bring, what goes back by them, and what a seat files for callers."""

from __future__ import annotations

from dataclasses import dataclass

from app.bridges.voice import AssetPlaces
from app.domains.voice.channels.intake.answers.service import ChannelAnswers
from app.domains.voice.channels.intake.answers.store import ChannelAnswerStore
from app.domains.voice.channels.intake.callers.service import CallerService
from app.domains.voice.channels.intake.service import InboundService
from app.domains.voice.channels.intake.store import InboundStore
from app.domains.voice.street.assets.service import AssetService
from app.wiring.core import Core
from app.wiring.outside import Outside
from app.wiring.voice.cases import Cases


@dataclass(frozen=True, slots=True)
class Channels:
    intake: InboundService
    answers: ChannelAnswers
    callers: CallerService


def channels_of(core: Core, beyond: Outside, cases: Cases, assets: AssetService) -> Channels:
    answers = ChannelAnswers(core.db, ChannelAnswerStore(core.db, core.ring), beyond.messengers, core.audit, core.clock)
    link = f"{str(core.settings.base_url).rstrip('/')}/app"
    intake = InboundService(
        core.db,
        InboundStore(core.db, core.ring),
        answers,
        cases.filing,
        cases.store,
        cases.steps,
        cases.categories,
        cases.places,
        core.settings.city_division,
        link,
        core.limits,
        core.audit,
        core.clock,
    )
    callers = CallerService(cases.filing, cases.store, cases.places, AssetPlaces(assets), answers, link, core.once)
    return Channels(intake, answers, callers)

"""Conversations as time passes: news for many, results of surveys, proposals whose days are over."""

from __future__ import annotations

import structlog

from app.wiring import City

log = structlog.get_logger()


async def look_at_conversations(city: City) -> None:
    rooms = city.services.voice.conversations
    moved, looked = await rooms.surveys.refresh(), await rooms.replying.look()
    if moved or looked.expired or looked.escalated:
        log.info("conversations looked at", surveys=moved, expired=looked.expired, overdue=looked.escalated)


async def tell_of_conversations(city: City) -> None:
    if told := await city.services.voice.conversations.crier.carry():
        log.info("conversations told of", people=told)

"""The knowledge base of the seeded city."""

from __future__ import annotations

from app.seed.demo import SEEDER, Progress
from app.wiring import City
from mocks.answers import answers


async def seed_answers(city: City, say: Progress) -> None:
    """After the catalogue: answers name its items."""
    say(f"{len(answers())} answers to what people ask")
    await city.services.government.answer_imports.load(SEEDER, answers())

"""My voice: its rooms in the order in which they need each other, one file a noun."""

from __future__ import annotations

from typing import Any

from app.context import Government, Voice
from app.domains.voice.cases.clocks.rules.service import ClockRules
from app.wiring.card import Card
from app.wiring.core import Core
from app.wiring.identity import Calling, People
from app.wiring.outside import Outside
from app.wiring.uploads import Uploads
from app.wiring.voice.assets import Assets, assets_of, page_of
from app.wiring.voice.cases import Cases, cases_of, reporters_of
from app.wiring.voice.centre import centre_of
from app.wiring.voice.channels import channels_of
from app.wiring.voice.conversations import conversations_of
from app.wiring.voice.grid import grid_of
from app.wiring.voice.indicators import indicators_of
from app.wiring.voice.neighbours import neighbours_of
from app.wiring.voice.open311 import open311_of
from app.wiring.voice.public import public_of
from app.wiring.voice.time import clock_rules_of, time_of, unit_side_of


def voice_of(
    core: Core,
    beyond: Outside,
    calling: Calling,
    people: People,
    card: Card,
    uploads: Uploads,
    government: Government,
) -> Voice:
    cases = cases_of(core, calling, uploads)
    assets, clock_rules = assets_of(core, calling, cases), clock_rules_of(core)
    return Voice(
        **_of_cases(core, people, cases, assets),
        **_of_offices(core, calling, people, card, cases, clock_rules),
        **_of_ways_in(core, beyond, calling, uploads, cases, assets),
        **_of_open311(core, beyond, calling, cases, assets, clock_rules),
        **_of_assets(core, calling, cases, assets, clock_rules),
        centre=centre_of(core, calling, people, card, cases, clock_rules, government.knowledge),
        conversations=conversations_of(core, calling, people),
        indicators=indicators_of(core, calling, cases),
    )


def _of_cases(core: Core, people: People, cases: Cases, assets: Assets) -> dict[str, Any]:
    public = public_of(core, cases)
    return {
        "cases": reporters_of(core, people, cases, assets.keeping),
        "overseeing": cases.overseeing,
        "categories": cases.categories,
        "places": cases.places,
        "publishing": public.publishing,
        "likeness": public.likeness,
        "ties": public.ties,
    }


def _of_offices(
    core: Core, calling: Calling, people: People, card: Card, cases: Cases, clock_rules: ClockRules
) -> dict[str, Any]:
    units, time = unit_side_of(core, calling, people, card, cases, clock_rules), time_of(core, calling, cases)
    return {
        "clock_rules": clock_rules,
        "unit_cases": units.reading,
        "handling": units.handling,
        "time": time.looking,
        "escalations": time.escalations,
        "supervising": time.supervising,
    }


def _of_ways_in(
    core: Core, beyond: Outside, calling: Calling, uploads: Uploads, cases: Cases, assets: Assets
) -> dict[str, Any]:
    channels = channels_of(core, beyond, cases, assets.keeping)
    return {
        "inbound": channels.intake,
        "channel_answers": channels.answers,
        "callers": channels.callers,
        "asset_page": page_of(core, cases, assets.keeping, uploads, channels.answers),
    }


def _of_open311(
    core: Core, beyond: Outside, calling: Calling, cases: Cases, assets: Assets, clock_rules: ClockRules
) -> dict[str, Any]:
    open311, neighbours = open311_of(core, cases, assets), neighbours_of(core, beyond, calling, cases, clock_rules)
    return {
        "open311": open311.door,
        "open311_filing": open311.filing,
        "open311_keys": open311.keys,
        "neighbours": neighbours.service,
        "messenger": neighbours.messenger,
        "neighbour_news": neighbours.listener,
    }


def _of_assets(core: Core, calling: Calling, cases: Cases, assets: Assets, clock_rules: ClockRules) -> dict[str, Any]:
    return {
        "assets": assets.keeping,
        "asset_imports": assets.imports,
        "asset_sheets": assets.sheets,
        "grid": grid_of(core, calling, cases, assets.keeping, clock_rules),
    }

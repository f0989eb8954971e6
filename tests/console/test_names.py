"""Organisations and estates stand by their names in the reader's language; codes are for who types them."""

from __future__ import annotations

from datetime import timedelta

from app.admin.console.desk import Desk as ConsoleDesk
from app.admin.console.parts import Row, Table, figure, plain, yuan
from app.core.ids import new_id
from app.domains.community.votes.model import VoteRule, VoteTerms
from app.domains.identity.organisations.model import Kind, Organisation
from tests.console.conftest import Desk
from tests.support.api import ALL_SCOPES, OPS, Api
from tests.support.estates import grounds

_LANGUAGES = (("en", "Tide Office", "Banyan Lane"), ("zh-CN", "潮汐处", "榕荫里"))


async def _of(desk: Desk, place: str, language: str) -> str:
    return (await desk.page(place, **{"accept-language": language})).text


async def test_a_program_goes_by_its_organisation_s_name_and_what_is_its_own_stays(
    shared_api: Api, desks: dict[str, Desk]
) -> None:
    services, code = shared_api.city.services, f"org-{new_id()}"
    made = Organisation(code, "潮汐处", Kind.DEPARTMENT, scopes=frozenset(ALL_SCOPES), name_en="Tide Office")
    await services.organisations.put(OPS, made)
    called = {
        name: (await services.clients.create(OPS, code, name, [])).client
        for name in ("潮汐处", "潮汐处 (test)", "Tides")
    }
    for language, office, _ in _LANGUAGES:
        for name, client in called.items():
            page = await _of(desks["viewer"], f"/admin/clients/{client}", language)
            assert f"<h1>{name.replace('潮汐处', office)}" in page.replace("\n", ""), (language, name)


async def test_a_vote_is_of_an_estate_with_a_name(shared_api: Api, desks: dict[str, Desk]) -> None:
    city = shared_api.city
    where = await grounds(city)
    words = ("是否增设路灯", "在小区东门装设三盏路灯。", ("装", "不装"))
    terms = VoteTerms(*words, VoteRule.ADVISORY, True, False, True, city.clock.now() + timedelta(days=3))
    seen = await city.services.community.together.voting.votes.open(where.keeper, where.code, terms, new_id())
    for language, _, estate in _LANGUAGES:
        for place in ("/admin/estate-votes", f"/admin/estate-votes/{seen.vote.id}"):
            assert estate in await _of(desks["viewer"], place, language), place
    assert await ConsoleDesk(city).estates([where.code, "no-estate"]) == {
        where.code: "榕荫里",
        "no-estate": "no-estate",
    }


def test_sums_stand_under_each_other_and_what_is_no_sum_does_not() -> None:
    rows = tuple(Row((plain("Water"), yuan(fen), figure(3), yuan(None))) for fen in (1830, -4270))
    table = Table(("Biller", "Amount", "Version", "Rest"), rows, aside=frozenset({1, 2}))
    assert [table.look(column) for column in range(5)] == ["", "aside sum", "aside", "", ""]

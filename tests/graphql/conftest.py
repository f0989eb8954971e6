"""One shared city, asked in both languages."""

from __future__ import annotations

import pytest

from tests.support.api import Api, Person


@pytest.fixture(params=["en", "zh-CN"])
def spoken(shared_api: Api, request: pytest.FixtureRequest) -> Api:
    """The shared city, asked in English and in Chinese."""
    return shared_api.speaking(request.param)


@pytest.fixture(scope="session")
async def holder(shared_api: Api) -> Person:
    """Somebody with an active card, for tests that change nothing of it."""
    return await shared_api.with_card()


@pytest.fixture(scope="session")
async def outsider(shared_api: Api) -> Person:
    """Somebody else with a card of his own."""
    return await shared_api.with_card()


@pytest.fixture(scope="session")
async def provider(shared_api: Api) -> str:
    return await shared_api.provider()

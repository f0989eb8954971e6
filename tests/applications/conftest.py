"""One offer of the shared city, somebody who applies, and two who handle it."""

from __future__ import annotations

import pytest

from app.core.viewer import Viewer
from app.domains.government.catalogue.model import Offer
from app.wiring import City
from tests.support.api import Api, Person
from tests.support.applying import applicant, handler, offered


@pytest.fixture(scope="session")
def shared(shared_api: Api) -> City:
    return shared_api.city


@pytest.fixture(scope="session")
async def offer(shared: City) -> Offer:
    return await offered(shared)


@pytest.fixture
async def person(shared_api: Api) -> tuple[Person, Viewer]:
    return await applicant(shared_api)


@pytest.fixture
def viewer(person: tuple[Person, Viewer]) -> Viewer:
    return person[1]


@pytest.fixture(scope="session")
def clerk(offer: Offer) -> Viewer:
    return handler(offer.unit)


@pytest.fixture(scope="session")
def colleague(offer: Offer) -> Viewer:
    return handler(offer.unit)

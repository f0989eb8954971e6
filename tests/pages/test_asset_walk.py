"""The page behind a code in a real browser, on a phone: scanned, filled in, sent with a photo; nothing foreign runs."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import uvicorn

from app.core.ids import new_id
from app.server import create_app
from app.wiring import City
from tests.conftest import Fakes
from tests.support.browser import browser, needs_browser
from tests.support.street import HYDRANT_LEAK, hydrant
from tests.uploads.files import picture

pytestmark = needs_browser


@pytest.fixture
async def served(shared_city: tuple[City, Fakes]) -> AsyncIterator[str]:
    """The shared city over real HTTP."""
    server = uvicorn.Server(uvicorn.Config(create_app(city=shared_city[0]), port=0, lifespan="off", log_level="error"))
    task = asyncio.create_task(server.serve())
    while not server.started:  # noqa: ASYNC110  (uvicorn has no event for it)
        await asyncio.sleep(0.01)
    port = server.servers[0].sockets[0].getsockname()[1]
    yield f"http://127.0.0.1:{port}"
    server.should_exit = True
    await task


async def test_a_hydrant_is_reported_from_the_street(
    shared_city: tuple[City, Fakes], served: str, tmp_path: Path
) -> None:
    asset = await hydrant(shared_city[0], f"H-{new_id()}")
    photo = tmp_path / "IMG_0850.jpg"
    photo.write_bytes(picture())
    async with browser(served, locale="zh-CN", width=390, height=844) as opened:
        page = opened.page
        await page.goto(f"{served}/q/{asset.code}")
        wide = await page.evaluate("document.documentElement.scrollWidth")
        await page.select_option("#category", HYDRANT_LEAK)
        await page.fill("#text", "消火栓在喷水，路面都湿了。")
        await page.set_input_files("#photo", photo)
        await page.click("button")
        await page.wait_for_selector("h1:has-text('已收到')")
        shown = await page.locator("code.copy").all_inner_texts()
        assert (wide, len(shown), opened.foreign, opened.faults) == (390, 2, [], [])
    assert await shared_city[0].db["cases"].count_documents({"number": shown[0], "place.asset": asset.code}) == 1

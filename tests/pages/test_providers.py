"""The providers' page: its commands run as they stand against a real server; an applicant's link shows the state."""

from __future__ import annotations

import asyncio
import json
import os
import re
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from html import unescape
from typing import Any

import httpx2
import pytest
import uvicorn

from app.core.ids import new_id
from app.core.viewer import ANONYMOUS
from app.server import create_app
from app.settings import Settings
from app.wiring import City, build
from tests.conftest import Fakes, settings_for
from tests.pages.conftest import Visit
from tests.support.api import OPS, Api, soon
from tests.support.applicants import credit_code, form

STEPS = ("run-token", "run-citizen", "run-code", "run-verify")


@pytest.mark.parametrize("environment", ["development", "production"])
@pytest.mark.parametrize(("language", "words"), [("zh", "第一次调用"), ("en", "The first call")])
async def test_the_page_is_there_in_both_languages(visit: Visit, environment: str, language: str, words: str) -> None:
    async with visit(environment, base_url="https://api.city.test/") as browser:
        answer = await browser.get(f"/providers?lang={language}")
        first = await browser.get("/")
    assert answer.status_code == 200
    assert words in answer.text
    assert "https://api.city.test/oauth/token" in answer.text
    assert ("/docs/" in answer.text) == (environment == "development")
    assert 'href="/providers"' in first.text


@pytest.fixture
async def served(database_uri: str, database_name: str) -> AsyncIterator[tuple[City, str]]:
    """A city behind a real socket, as in production: trusted documents and nothing else."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    url = f"http://127.0.0.1:{port}"
    city = build(_settings(database_uri, database_name, url), beyond=Fakes().outside)
    async with _running(city, port):
        yield city, url


def _settings(uri: str, name: str, url: str) -> Settings:
    return settings_for(uri, name, environment="production", base_url=url)


@asynccontextmanager
async def _running(city: City, port: int) -> AsyncIterator[None]:
    server = uvicorn.Server(uvicorn.Config(create_app(city=city), "127.0.0.1", port, log_level="error"))
    serving = asyncio.create_task(server.serve())

    async def started() -> bool:
        return server.started

    await soon(started, 30)
    yield
    server.should_exit = True
    await serving


async def _commands(url: str) -> dict[str, str]:
    """What stands on the page, by id, as somebody would copy it."""
    async with httpx2.AsyncClient(trust_env=False) as browser:
        page = (await browser.get(f"{url}/providers", headers={"accept-language": "en"})).text
    found = re.findall(r'<pre class="copy" id="([\w-]+)"><code>(.*?)</code></pre>', page, flags=re.S)
    return {name: unescape(text) for name, text in found}


async def _shell(script: str, **given: str) -> list[Any]:
    """The lines of JSON that this prints."""
    shell = await asyncio.create_subprocess_exec(
        "bash", "-u", "-c", script, env={"PATH": os.environ["PATH"], **given}, stdout=asyncio.subprocess.PIPE
    )
    said, _ = await shell.communicate()
    return [json.loads(line) for line in said.decode().splitlines()]


async def test_the_commands_of_the_first_call_run_as_they_stand(served: tuple[City, str]) -> None:
    city, url = served
    number = (await city.services.onboarding.apply(ANONYMOUS, form(), new_id(), "here")).number
    await city.services.onboarding.take_up(OPS, number, new_id())
    client = (await city.services.onboarding.approve(OPS, number, ("verify:gate",), new_id())).client
    commands = await _commands(url)
    script = "\n".join([*(commands[step] for step in STEPS), commands["run-verify"]])
    first, second = await _shell(script, CLIENT_ID=client.client, CLIENT_SECRET=client.secret, PURPOSE="GATE")
    told = first["data"]["verifyCode"]
    assert (told["__typename"], told["attributes"]["resident"]) == ("CodeVerified", True)
    assert second["data"]["verifyCode"]["code"] == "CODE_USED"


async def test_the_command_that_applies_runs_as_it_stands(served: tuple[City, str]) -> None:
    _, url = served
    command = (await _commands(url))["run-apply"]
    given = {"CREDIT_CODE": credit_code(), "PHONE": "13800138000", "KEY": new_id()}
    (answer,) = await _shell(f"{command}\necho", **given)
    made = answer["data"]["applyAsProvider"]
    assert made["__typename"] == "ProviderApplied"
    (again,) = await _shell(f"{command}\necho", **given)
    assert again["data"]["applyAsProvider"] == made
    async with httpx2.AsyncClient(trust_env=False) as browser:
        answer = await browser.get(made["link"], headers={"accept-language": "en"})
    assert answer.status_code == 200
    assert made["number"] in answer.text


async def test_the_link_shows_where_the_application_stands(shared_api: Api) -> None:
    onboarding = shared_api.city.services.onboarding
    made = await onboarding.apply(OPS, form(name="榕树书店 <b>"), new_id())
    path = made.link.removeprefix("http://city.test")

    async def page(language: str) -> str:
        answer = await shared_api.http.get(f"{path}?lang={language}")
        assert (answer.status_code, answer.headers["cache-control"]) == (200, "no-store")
        return answer.text

    assert "榕树书店 &lt;b&gt;" in await page("zh")
    assert "received, waiting to be looked at" in await page("en")
    await onboarding.take_up(OPS, made.number, new_id())
    admitted = await onboarding.approve(OPS, made.number, ("notify",), new_id())
    assert admitted.application.organisation in await page("zh")
    assert admitted.client.secret not in await page("zh")
    await onboarding.reject(OPS, made.number, "资料与登记不符", new_id())
    rejected = await page("zh")
    assert "未通过" in rejected
    assert "资料与登记不符" in rejected
    assert "陈静" not in rejected


async def test_a_wrong_link_is_no_page(shared_api: Api) -> None:
    made = await shared_api.city.services.onboarding.apply(OPS, form(), new_id())
    for path in (f"{made.number}/wrong", f"wrong/{made.secret}", f"{made.number}/{made.secret}x"):
        answer = await shared_api.http.get(f"/providers/applications/{path}")
        assert answer.status_code == 404

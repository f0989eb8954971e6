"""`/app`: the phone app's files, the operations that it may send, and what it is told of the demo."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import app.pages.phone as phone
from app.server import trusted_documents
from tests.pages.conftest import PERSON, Visit

HOUSE = Path(phone.__file__).resolve().parent / "phone_app"
SCRIPTS = sorted(HOUSE.rglob("*.js"))
_SENT = re.compile(r"""(?:ask|wish|follow|send|answer)\(\s*"([A-Z]\w+)\"""")
_IMPORTED = re.compile(r"""from "(\.[^"]+)";""")


@pytest.mark.parametrize("address", ["/app", "/app/main.js", "/app/app.css", "/app/rong.svg", "/app/screens/home.js"])
@pytest.mark.parametrize("environment", ["development", "production"])
async def test_the_app_is_served_and_lets_in_nothing_foreign(visit: Visit, address: str, environment: str) -> None:
    async with visit(environment, **_of(environment)) as browser:
        answer = await browser.get(address)
        again = await browser.get(address, headers={"if-none-match": answer.headers["etag"]})
    assert (answer.status_code, again.status_code) == (200, 304)
    policy = dict(part.split(" ", 1) for part in answer.headers["content-security-policy"].split("; "))
    assert policy["default-src"] == "'self'"
    assert policy["img-src"] == "'self' data:"
    assert policy["frame-ancestors"] == policy["base-uri"] == policy["object-src"] == "'none'"
    assert "script-src" not in policy
    assert answer.headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize("address", ["/app/none.js", "/app/../phone.py", "/app/screens", "/app/%2e%2e/phone.py"])
async def test_nothing_else_is_served(visit: Visit, address: str) -> None:
    async with visit() as browser:
        assert (await browser.get(address)).status_code == 404


async def test_the_page_holds_no_inline_script_or_style() -> None:
    page = (HOUSE / "index.html").read_text(encoding="utf-8")
    assert not re.search(r"<style|\sstyle=|\son\w+=|<script(?![^>]*\ssrc=)", page)
    refused = (
        r"innerHTML|outerHTML|insertAdjacentHTML|\beval\(|https?://(?!www\.w3\.org/2000/svg)"  # a name, no address
    )
    for script in SCRIPTS:
        assert not re.search(refused, script.read_text(encoding="utf-8")), script


def test_every_operation_that_it_sends_exists() -> None:
    known = trusted_documents("citizen").ids()
    sent = {name for script in SCRIPTS for name in _SENT.findall(script.read_text(encoding="utf-8"))}
    assert len(sent) > 40
    assert sent <= set(known)


def test_every_module_that_it_imports_is_there() -> None:
    for script in SCRIPTS:
        for target in _IMPORTED.findall(script.read_text(encoding="utf-8")):
            assert (script.parent / target).resolve() in SCRIPTS, (script, target)


async def test_operations_come_as_ids_of_trusted_documents(visit: Visit) -> None:
    async with visit() as browser:
        told = (await browser.get("/app/operations.json")).json()
    assert told
    assert all(re.fullmatch(r"sha256:[0-9a-f]{64}", one) for one in told.values())


async def test_in_development_it_is_told_whom_to_try(visit: Visit) -> None:
    async with visit() as browser:
        told = (await browser.get("/app/city.json")).json()
    assert told["standIns"] == "http://stand-ins.test/"
    assert told["people"][0] == {"name": PERSON["name"], "nameEn": PERSON["name_en"], "phone": PERSON["phone"]}


async def test_in_production_it_is_told_the_citys_name_only(visit: Visit) -> None:
    async with visit("production", **_of("production")) as browser:
        told = (await browser.get("/app/city.json")).json()
    assert (told["people"], told["standIns"]) == ([], None)
    assert told["city"]


async def test_the_start_page_leads_to_it_as_somebody(visit: Visit) -> None:
    async with visit() as browser:
        page = (await browser.get("/?lang=en")).text
    assert 'href="/app"' in page
    assert "#/sign-in?phone=%2B8619900000001" in page


def _of(environment: str) -> dict[str, object]:
    return {"base_url": "https://city.test"} if environment == "production" else {}

"""Takes the console's pictures: `make pictures`, or `python docs/pictures/console.py` beside a fresh `rong run`.

People of the seeded city sign in and show their codes, providers verify them, the desk sends a broadcast: over the
city's own doors. What is seen is written as WebP beside this file, small enough for a README.
"""

from __future__ import annotations

import asyncio
import io
import json
import os
import random
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx2
import pyotp
from PIL import Image
from playwright.async_api import Browser, Page, ViewportSize, async_playwright

from app.core.ids import new_id
from app.tour import Phone, TourFailed, ask

HERE = Path(__file__).resolve().parent
CITY = os.environ.get("CITY", "http://127.0.0.1:8000")
STAND_INS = os.environ.get("STAND_INS", "http://127.0.0.1:8001")
DEMO = Path(os.environ.get("DEMO", "var/demo.json"))
SIZE: ViewportSize = {"width": 1440, "height": 900}
_BROWSER = ("--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update")
_LOOKS = 40
_MOST_BYTES = 150_000


async def main(demo: dict[str, Any]) -> None:
    async with (
        httpx2.AsyncClient(base_url=CITY, trust_env=False, timeout=30) as city,
        httpx2.AsyncClient(base_url=STAND_INS, trust_env=False, timeout=30) as stand_ins,
    ):
        await a_day_in_the_city(city, stand_ins, demo)
    async with chromium() as browser:
        await take(browser, demo)


@asynccontextmanager
async def chromium() -> AsyncIterator[Browser]:
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=os.environ.get("CHROMIUM", "/usr/bin/chromium"), args=list(_BROWSER)
        )
        try:
            yield browser
        finally:
            await browser.close()


async def a_day_in_the_city(city: httpx2.AsyncClient, stand_ins: httpx2.AsyncClient, demo: dict[str, Any]) -> None:
    """People show codes and providers verify them; now and then one is shown twice, or at the wrong place."""
    tokens = [await _token(city, one) for one in demo["providers"] if one["scopes"]]
    phones = [await _signed_in(city, stand_ins, one["phone"]) for one in demo["people"] if one["verified"]]
    for _ in range(_LOOKS):
        phone, (token, purposes) = random.choice(phones), random.choice(tokens)  # noqa: S311
        purpose = random.choice(purposes)  # noqa: S311
        shown = await phone.do("ShowCode", "CodeShown", purpose=purpose, key=new_id())
        for _ in range(random.choice((1, 1, 1, 1, 2))):  # noqa: S311
            given = {"code": shown["cardCode"]["text"], "purpose": purpose, "key": new_id()}
            await ask(city, "/provider/graphql", "provider", "VerifyCode", given, token)


async def _token(city: httpx2.AsyncClient, provider: dict[str, Any]) -> tuple[str, list[str]]:
    credentials = (provider["client_id"], provider["client_secret"])
    answer = await city.post("/oauth/token", data={"grant_type": "client_credentials"}, auth=credentials)
    purposes = [scope.removeprefix("verify:").upper() for scope in provider["scopes"] if scope.startswith("verify:")]
    return str(answer.json()["access_token"]), purposes


async def _signed_in(city: httpx2.AsyncClient, stand_ins: httpx2.AsyncClient, number: str) -> Phone:
    phone = Phone(city, CITY)
    asked = await phone.do("RequestOtp", "OtpRequested", phone=number, device=phone.device, key=new_id())
    code = await texted_code(stand_ins, number)
    challenge = {"challenge": asked["challenge"], "code": code, "device": phone.device, "key": new_id()}
    phone.token = (await phone.do("SignIn", "SignedIn", **challenge))["tokens"]["accessToken"]
    return phone


async def texted_code(stand_ins: httpx2.AsyncClient, number: str) -> str:
    for _ in range(100):
        texts = (await stand_ins.get("/control/sms/messages", params={"to": number})).json()
        if found := re.search(r"\b(\d{6})\b", json.dumps(texts)):
            return found.group(1)
        await asyncio.sleep(0.1)
    raise TourFailed("no SMS arrived")


class Desk:
    """One browser at the desk."""

    def __init__(self, page: Page, language: str) -> None:
        self.page = page
        self.language = language

    async def sign_in(self, login: dict[str, Any], at: datetime) -> None:
        secret = parse_qs(urlsplit(login["totp_uri"]).query)["secret"][0]
        await self.page.goto(f"{CITY}/admin/?lang={self.language}")
        await self.page.fill("#login", login["login"])
        await self.page.fill("#password", login["password"])
        await self.page.fill("#code", pyotp.TOTP(secret).at(at))
        await self.page.click("button[type=submit]")
        await self.page.wait_for_selector(".tiles")

    async def goes(self, path: str) -> None:
        await self.page.goto(CITY + path)

    async def opens(self, row: str) -> None:
        await self.page.locator("a.to", has_text=row).first.click()
        await self.page.wait_for_load_state("load")

    async def takes(self, name: str, *, wait: float = 0.8) -> None:
        """As WebP, at the quality that keeps it small."""
        await asyncio.sleep(wait)
        keep(name, Image.open(io.BytesIO(await self.page.screenshot())))


def keep(name: str, picture: Image.Image) -> None:
    for quality in (88, 80, 70, 60):
        written = io.BytesIO()
        picture.save(written, "WEBP", quality=quality, method=6)
        if written.tell() <= _MOST_BYTES:
            break
    (HERE / f"{name}.webp").write_bytes(written.getvalue())
    print(f"{name}.webp: {written.tell() // 1024} kB")


async def take(browser: Browser, demo: dict[str, Any]) -> None:
    login = next(one for one in demo["desk"] if one["role"] == "administrator")
    now = datetime.now(UTC)
    english = Desk(await browser.new_page(viewport=SIZE, locale="en-GB"), "en")
    await english.sign_in(login, now)
    await english.takes("console-overview", wait=3)
    await _broadcast(english)
    await _application(english)
    await english.goes("/admin/audit")
    await english.takes("console-audit")
    chinese = Desk(await browser.new_page(viewport=SIZE, locale="zh-CN"), "zh")
    await chinese.page.context.add_cookies(_cookies(await english.page.context.cookies()))
    await chinese.goes("/admin/?lang=zh")
    await chinese.takes("console-overview-zh", wait=3)
    await _citizen(chinese, demo)


def _cookies(cookies: Any) -> Any:
    """The session, without the language."""
    return [one for one in cookies if one["name"] == "rong_desk"]


async def _broadcast(desk: Desk) -> None:
    await desk.goes("/admin/broadcasts")
    await desk.page.click(".heading .btn-primary")
    said = {
        "name": "Typhoon: schools closed",
        "title_zh": "台风停课通知",
        "body_zh": "受台风影响，全市中小学幼儿园明日停课一天，请做好防范。",
        "push_zh": "台风停课通知，请查看详情。",
        "title_en": "Schools closed for the typhoon",
        "body_en": "All schools and kindergartens are closed tomorrow because of the typhoon. Please stay safe.",
        "push_en": "A notice of the city for tomorrow.",
        "pace": "2",
    }
    dialog = desk.page.locator("dialog[open]")
    for name, value in said.items():
        await dialog.locator(f"[name={name}]").fill(value)
    await dialog.locator("footer .btn-primary").click()
    await desk.page.wait_for_selector("h1 .state")
    await desk.page.get_by_role("button", name="Start", exact=True).click()
    await desk.page.locator("dialog[open] footer .btn-primary").click()
    await desk.page.wait_for_selector("progress")
    await desk.takes("console-broadcast", wait=6)


async def _application(desk: Desk) -> None:
    await desk.goes("/admin/applications?state=submitted")
    await desk.page.locator("a.to").first.click()
    await desk.page.get_by_role("button", name="Take it up", exact=True).click()
    await desk.page.locator("dialog[open] footer .btn-primary").click()
    await desk.page.get_by_role("button", name="Admit for tests", exact=True).click()
    await desk.page.locator("dialog[open] footer .btn-primary").click()
    await desk.page.wait_for_selector(".shown")
    await desk.takes("console-onboarding")


async def _citizen(desk: Desk, demo: dict[str, Any]) -> None:
    person = next(one for one in demo["people"] if one["verified"])
    await desk.goes("/admin/citizens")
    await desk.page.fill("[name=text]", person["phone"])
    await desk.page.locator(".finder button[type=submit]").click()
    await desk.page.wait_for_selector(".facts")
    await desk.page.click(".heading .btn")
    await desk.page.locator("dialog[open] textarea").fill("核实挂失来电")
    await desk.takes("console-citizen-zh")


if __name__ == "__main__":
    asyncio.run(main(json.loads(DEMO.read_text(encoding="utf-8"))))

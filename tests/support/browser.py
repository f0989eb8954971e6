"""A real browser for tests: the machine's Chromium, driven without a window. Foreign requests and faults are noted."""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import pytest
from playwright.async_api import ConsoleMessage, Page, Request, async_playwright

from tests.support.remote import Resident

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
needs_browser = pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine")
_ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@dataclass
class Browser:
    """`foreign` are requests that left the city, `faults` what the page complained of in its console."""

    page: Page
    url: str
    foreign: list[str] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)

    async def holds(self, person: Resident) -> None:
        """The phone is this person's now, with the tokens that the town made: signing in has a walk of its own."""
        kept = {"accessToken": person.token, "refreshToken": person.refresh_token, "expiresAt": "2100-01-01T00:00:00Z"}
        await self.goes("sign-in")
        await self.page.evaluate("kept => sessionStorage.setItem('rong.session', JSON.stringify(kept))", kept)
        await self.page.reload()

    async def goes(self, screen: str) -> None:
        """A screen of the phone app."""
        await self.page.goto(f"{self.url}/app#/{screen}")

    def watch(self) -> None:
        self.page.on("request", self._asked)
        self.page.on("console", self._said)
        self.page.on("pageerror", lambda error: self.faults.append(str(error)))

    def _asked(self, request: Request) -> None:
        if not request.url.startswith((self.url, "data:")):
            self.foreign.append(request.url)

    def _said(self, message: ConsoleMessage) -> None:
        # A refusal that a dialog shows in words is a failed request to the browser, and no fault of the page.
        if message.type == "error" and "status of 4" not in message.text:
            self.faults.append(message.text)


@asynccontextmanager
async def browser(url: str, *, locale: str = "en-GB", width: int = 1440, height: int = 900) -> AsyncIterator[Browser]:
    assert CHROMIUM, "there is no Chromium on this machine"
    async with async_playwright() as playwright:
        started = await playwright.chromium.launch(executable_path=CHROMIUM, args=_ARGUMENTS)
        context = await started.new_context(locale=locale, viewport={"width": width, "height": height})
        context.set_default_timeout(30_000)
        opened = Browser(await context.new_page(), url)
        opened.watch()
        try:
            yield opened
        finally:
            await started.close()

"""A real browser for tests: the machine's Chromium, driven without a window. Foreign requests and faults are noted."""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from playwright.async_api import ConsoleMessage, Page, Request, async_playwright

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
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

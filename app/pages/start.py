"""`/`: where to begin. In production only the city's name and what it publishes for everybody."""

from __future__ import annotations

import shlex
from pathlib import Path

from starlette.requests import Request
from starlette.responses import Response

from app.core.ids import new_id
from app.pages.demo import read_demo
from app.pages.rendering import Pages
from app.settings import Settings

_USUAL = Path("var/demo.json")  # where the tour looks by itself


class StartPage:
    def __init__(self, settings: Settings, pages: Pages) -> None:
        self._settings = settings
        self._pages = pages

    def answer(self, request: Request) -> Response:
        if not self._settings.development:
            return self._pages.page(request, "public.html")
        return self._pages.page(
            request,
            "start.html",
            base_url=str(self._settings.base_url).rstrip("/"),
            stand_ins=str(self._settings.mocks_url) if self._settings.mocks_url else None,
            demo=read_demo(self._settings.demo_file),
            tour=self._tour(),
            # Fresh with each look at the page: under a key used before the first reply would come again.
            keys=tuple(new_id() for _ in range(4)),
        )

    def _tour(self) -> str:
        """The command as it works against this city, wherever its files lie."""
        command = [".venv/bin/rong", "tour", "--url", str(self._settings.base_url).rstrip("/")]
        if self._settings.mocks_url:
            command += ["--mocks-url", str(self._settings.mocks_url).rstrip("/")]
        demo = self._settings.demo_file
        if demo and demo.absolute() != _USUAL.absolute():
            command += ["--demo-file", str(demo.absolute())]
        return shlex.join(command)

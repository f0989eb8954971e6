"""The services of the home page."""

from __future__ import annotations

from dataclasses import dataclass

from app.domains.life.home.service import HomeService, Scenes


@dataclass(frozen=True, slots=True)
class HomePage:
    pages: HomeService
    scenes: Scenes

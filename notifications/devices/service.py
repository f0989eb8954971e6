"""Registering the phone one is signed in on, so that it can be rung."""

from __future__ import annotations

from app.core.clock import Clock
from app.core.viewer import Viewer
from notifications.channels.base import PushTarget
from notifications.devices.errors import PushTokenInvalid
from notifications.devices.model import PushDevice
from notifications.devices.store import PushDeviceStore


class DeviceService:
    def __init__(self, devices: PushDeviceStore, clock: Clock) -> None:
        self._devices = devices
        self._clock = clock

    async def register(self, viewer: Viewer, target: PushTarget, locale: str) -> PushDevice:
        """This session's phone is reached under this target from now on. Raises PushTokenInvalid."""
        value = target.value
        if not 20 <= len(value) <= 4096 or not value.isascii() or not value.isprintable():
            raise PushTokenInvalid
        citizen = viewer.self_only()
        device = PushDevice(viewer.session or citizen, citizen, target, locale)
        await self._devices.put(device, self._clock.now())
        return device

    async def of(self, citizen: str) -> list[PushDevice]:
        """For the ops desk, which shows how many there are and since when, never the tokens."""
        return (await self._devices.of([citizen], self._clock.now())).get(citizen, [])

"""Takes the phone's pictures: `make pictures`, or `python docs/pictures/phone.py` beside a fresh `rong run`.

One of the demo people signs in at the reference app and opens a few screens; three of them side by side make a picture,
in the language its name ends with.
"""

from __future__ import annotations

import asyncio
import io
import json
import re
from typing import Any

import httpx2
from console import CITY, DEMO, STAND_INS, chromium, keep, texted_code
from PIL import Image
from playwright.async_api import Page, ViewportSize

SIZE: ViewportSize = {"width": 390, "height": 844}
HERE = {"latitude": 26.0745, "longitude": 119.2965}
# Three screens of each language; what to press first is named after a bar.
SCREENS = {
    "en": ("/", "/transit|Stops near me", "/estate"),
    "zh": ("/", "/wallet", "/surroundings"),
}
_GAP, _GROUND = 24, (236, 240, 242)


async def main(demo: dict[str, Any]) -> None:
    person = next(one for one in demo["people"] if one["verified"])
    async with chromium() as browser:
        context = await browser.new_context(
            viewport=SIZE, device_scale_factor=1.5, locale="en-GB", geolocation=HERE, permissions=["geolocation"]
        )
        page = await context.new_page()
        await sign_in(page, person["phone"])
        for language, screens in SCREENS.items():
            await page.evaluate("l => localStorage.setItem('rong.language', l)", {"en": "en", "zh": "zh-CN"}[language])
            keep(f"phone-{language}", side_by_side([await seen(page, screen) for screen in screens]))


async def sign_in(page: Page, number: str) -> None:
    await page.goto(f"{CITY}/app?lang=en#/sign-in")
    await page.get_by_label("phone").fill(number)
    await page.get_by_role("button", name="Send me a code").click()
    async with httpx2.AsyncClient(base_url=STAND_INS, trust_env=False, timeout=30) as stand_ins:
        code = await texted_code(stand_ins, number)
    await page.get_by_label("Code", exact=True).fill(code)
    await page.get_by_role("button", name=re.compile("Sign in|Continue|Confirm")).first.click()
    await page.wait_for_url("**#/")


async def seen(page: Page, screen: str) -> Image.Image:
    address, _, button = screen.partition("|")
    await page.goto(f"{CITY}/app#{address}")
    await page.reload()
    if button:
        await page.get_by_role("button", name=button).first.click()
    await asyncio.sleep(2.5)
    return Image.open(io.BytesIO(await page.screenshot()))


def side_by_side(pictures: list[Image.Image]) -> Image.Image:
    width, height = pictures[0].size
    whole = Image.new("RGB", (len(pictures) * (width + _GAP) + _GAP, height + 2 * _GAP), _GROUND)
    for number, picture in enumerate(pictures):
        whole.paste(picture, (_GAP + number * (width + _GAP), _GAP))
    return whole


if __name__ == "__main__":
    asyncio.run(main(json.loads(DEMO.read_text(encoding="utf-8"))))

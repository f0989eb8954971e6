"""What a guest without the app shows: a page of the server's alone, with another code each time it is drawn."""

from __future__ import annotations

import html
import re
from datetime import timedelta

import pytest
import zxingcpp
from PIL import Image

from app.core.errors import RateLimited
from app.core.ids import new_id
from app.domains.community.visitors.errors import PassInvalid, PassRevoked, PassTooLate, PassUsed
from app.domains.community.visitors.showing import service as showing
from tests.support.api import Api
from tests.support.estates import Grounds, code_of, grounds, invited, moved_in, named


async def test_the_page_shows_a_fresh_code_and_nothing_of_who_invited(shared_api: Api) -> None:
    city = shared_api.city
    where = await grounds(city)
    citizen, residency = await moved_in(city, where)
    seen = await invited(city, citizen, residency, entries=2, gates=("east",))
    assert seen.url is not None
    path = seen.url.removeprefix("http://city.test")
    first, second = [await shared_api.http.get(path, headers={"accept-language": "en"}) for _ in range(2)]
    assert (first.status_code, first.headers["refresh"], first.headers["cache-control"]) == (200, "25", "no-store")
    pictures = [re.search(r"<svg.*</svg>", page.text, re.S) for page in (first, second)]
    assert pictures[0]
    assert pictures[1]
    assert pictures[0].group() != pictures[1].group()
    assert "2 / 2" in first.text
    assert "<script" not in first.text
    assert not any(word in first.text for word in ("陈客", "1 101", citizen, residency))
    await city.services.community.neighbourhood.gates.visitors.revoke(named(citizen), seen.one.id, new_id())
    gone = await shared_api.http.get(path)
    assert (gone.status_code, "<svg" in gone.text, "refresh" in gone.headers) == (410, False, False)


async def test_a_pass_that_is_not_good_yet_shows_no_code_and_a_wrong_link_nothing(shared_api: Api) -> None:
    city = shared_api.city
    now = city.clock.now()
    begins = {"begins": now + timedelta(hours=2), "ends": now + timedelta(hours=3)}
    seen = await invited(city, *await moved_in(city, await grounds(city)), **begins)
    assert seen.url is not None
    early = await shared_api.http.get(seen.url.removeprefix("http://city.test"))
    assert (early.status_code, "<svg" in early.text, early.headers["refresh"]) == (200, False, "60")
    assert (await shared_api.http.get(f"/v/{new_id()}")).status_code == 404


async def test_a_camera_reads_from_the_page_a_code_that_opens_the_gate_and_another_the_next_time(
    shared_api: Api,
) -> None:
    city = shared_api.city
    where = await grounds(city)
    seen = await invited(city, *await moved_in(city, where), entries=2)
    assert seen.url is not None
    path = seen.url.removeprefix("http://city.test")
    codes = []
    for _ in range(2):
        page = (await shared_api.http.get(path)).text
        (code,) = (found.text for found in zxingcpp.read_barcodes(_drawn(page), zxingcpp.BarcodeFormat.QRCode))
        said = re.search(r'data-code="([^"]+)"', page)
        assert said
        assert html.unescape(said.group(1)) == code
        codes.append(code)
    assert codes[0] != codes[1]
    opening = city.services.community.neighbourhood.gates.opening
    for code, left in zip(codes, (1, 0), strict=True):
        done = await opening.open(where.keeper, where.gate(), code, city.clock.now(), new_id())
        assert done.left == left
    assert (await shared_api.http.get(path)).status_code == 410


async def test_guests_behind_one_address_do_not_keep_each_other_out_and_who_guesses_is_slowed_down(
    shared_api: Api,
) -> None:
    city = shared_api.city
    seen = await invited(city, *await moved_in(city, await grounds(city)))
    shown = city.services.community.neighbourhood.gates.showing
    link = (seen.url or "").rsplit("/", 1)[1]
    address = f"test-{new_id()}"
    for _ in range(showing.TRIES.most):
        assert await shown.show(new_id(), address) is None
    page = await shared_api.http.get(f"/v/{link}")  # from another address
    assert page.status_code == 200
    with pytest.raises(RateLimited):
        await shown.show(link, address)


async def test_a_link_is_not_sent_of_a_pass_that_opens_nothing_any_more(shared_api: Api) -> None:
    city = shared_api.city
    where = await grounds(city)
    home = await moved_in(city, where)
    visitors, now = city.services.community.neighbourhood.gates.visitors, city.clock.now()
    begins = {"begins": now + timedelta(hours=1), "ends": now + timedelta(hours=2), "phone": "13900004321"}
    early = await invited(city, *home, **begins)
    assert (await visitors.send(named(home[0]), early.one.id, "en", new_id())).url
    mute = await invited(city, *home)
    with pytest.raises(PassInvalid):
        await visitors.send(named(home[0]), mute.one.id, "en", new_id())
    used = await invited(city, *home, phone="13900004321")
    await _opened(shared_api, where, code_of(city, used))
    with pytest.raises(PassUsed):
        await visitors.send(named(home[0]), used.one.id, "en", new_id())
    await visitors.revoke(named(home[0]), early.one.id, new_id())
    with pytest.raises(PassRevoked):
        await visitors.send(named(home[0]), early.one.id, "en", new_id())
    with pytest.raises(PassTooLate):
        mute.one.demand_shown(mute.one.ends)


async def _opened(api: Api, where: Grounds, code: str) -> None:
    opening = api.city.services.community.neighbourhood.gates.opening
    await opening.open(where.keeper, where.gate(), code, api.city.clock.now(), new_id())


def _drawn(page: str) -> Image.Image:
    """The page's code as a camera sees it: lines of dark modules, each half a module below its row."""
    svg = re.search(r'viewBox="0 0 (\d+) \d+".*?<path[^>]*\bstroke="[^"]*"[^>]*\bd="([^"]+)"', page, re.S)
    assert svg
    size, picture = int(svg.group(1)), Image.new("L", (int(svg.group(1)),) * 2, 255)
    x = y = 0.0
    for step, first, second in re.findall(r"([Mmh])(-?[\d.]+)(?:[ ,]?(-?[\d.]+))?", svg.group(2)):
        if step == "h":
            for column in range(int(x), int(x + float(first))):
                picture.putpixel((column, int(y)), 0)
        x = float(first) if step == "M" else x + float(first)
        y = y if step == "h" else float(second) + (0 if step == "M" else y)
    return picture.resize((8 * size, 8 * size), Image.Resampling.NEAREST)

"""The phone app loads what it shows: which files come at once, which with their screen, and what when one does not."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import Route, expect
from starlette.applications import Starlette

import app.pages.phone as phone
import mocks
from tests.support.browser import Browser, browser, needs_browser
from tests.support.served import at_a_port

HOUSE = Path(phone.__file__).resolve().parent / "phone_app"
AT_ONCE = {"api.js", "dom.js", "main.js", "screens.js", "screens/home.js", "screens/sign_in.js", "words.js"}
SCENES = Path(mocks.__file__).resolve().parent / "data/life/scenes.toml"
_LANDED = re.compile(r"location\.hash = [^;]*;")
_TAB = re.compile(r"""\["([\w-]+)", ".", """)
_FROM = re.compile(r"""from "(\.[^"]+)";""")
_FILE = re.compile(r"^  (\w+): \{ (.+) \},$", re.MULTILINE)
_SCREEN = re.compile(r"""(?:"([\w-]+)"|(\w+)): "(\w+)\"""")
_PRELOADED = re.compile(r"""<link rel="modulepreload" href="/app/([^"]+)">""")


def _text(file: str) -> str:
    return (HOUSE / file).read_text(encoding="utf-8")


def _name(path: Path) -> str:
    return path.relative_to(HOUSE).as_posix()


def _with(file: str) -> set[str]:
    """The file, and what comes with it."""
    found, left = set[str](), [file]
    while left:
        if (one := left.pop()) not in found:
            found.add(one)
            left += [_name((HOUSE / one).parent.joinpath(to).resolve()) for to in _FROM.findall(_text(one))]
    return found


def _screens() -> list[tuple[str, str, str]]:
    """An address, the file of its screen, and the name there."""
    return [
        (quoted or plain, f"screens/{file}.js", made)
        for file, screens in _FILE.findall(_text("screens.js"))
        for quoted, plain, made in _SCREEN.findall(screens)
    ]


def test_the_app_begins_with_a_quarter_of_its_bytes_all_asked_for_at_once() -> None:
    assert _with("main.js") == AT_ONCE
    assert set(_PRELOADED.findall(_text("index.html"))) == AT_ONCE - {"main.js"}
    whole = sum(file.stat().st_size for file in HOUSE.rglob("*.js"))
    assert sum((HOUSE / file).stat().st_size for file in AT_ONCE) < whole / 4


def test_each_screen_lies_in_the_file_that_its_address_names() -> None:
    screens = _screens()
    assert len({address for address, _, _ in screens}) == len(screens) > 100
    for _, file, made in screens:
        assert re.search(rf"^export (?:async function|const) {made}\b", _text(file), re.MULTILINE), (file, made)


def _led_to(text: str) -> set[str]:
    """Addresses that somebody can tap here; where one lands after doing something is no way to it."""
    return set(re.findall(r"""["'`#]/([\w-]+)["'`/?]""", _LANDED.sub("", text)))


def test_one_can_tap_his_way_from_home_to_the_screens_of_each_file() -> None:
    files = {address: file for address, file, _ in _screens()}
    begun = _text("screens/home.js") + SCENES.read_text(encoding="utf-8")
    found, left = set[str](), _led_to(begun) | set(_TAB.findall(_text("main.js")))
    while left:
        if (file := files.get(left.pop())) and file not in found:
            found.add(file)
            left |= _led_to(_text(file))
    assert found == {file for _, file, _ in _screens()}
    assert {"wallet", "cases", "credit", "bills"} <= _led_to(_text("screens/me.js"))


def test_no_file_of_a_screen_is_left_lying() -> None:
    used = (AT_ONCE | {"begin.js"}).union(*(_with(file) for _, file, _ in _screens()))
    assert {_name(file) for file in HOUSE.rglob("*.js")} == used


def test_what_is_open_to_all_is_there() -> None:
    said = re.search(r"const OPEN = new Set\((\[.*?\])\)", _text("main.js"))
    assert said is not None
    assert set(re.findall(r'"([\w-]*)"', said[1])) <= {*(address for address, _, _ in _screens()), "", "sign-in"}


@pytest.fixture
async def opened(site: Starlette) -> AsyncIterator[Browser]:
    """A phone before the pages alone: signing in and asking need nothing more to be shown."""
    async with at_a_port(site) as url, browser(url, width=390, height=844) as opened:
        yield opened


@needs_browser
async def test_a_screen_comes_with_its_files_once(opened: Browser) -> None:
    page, asked = opened.page, list[str]()
    page.on("request", lambda request: asked.append(request.url.partition("/app/")[2]))
    await opened.goes("sign-in")
    await expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
    assert {one for one in asked if one.endswith(".js")} == AT_ONCE | {"begin.js"}
    for _ in range(2):
        await page.get_by_role("link", name="Ask").click()
        await expect(page.get_by_label("Question")).to_be_visible()
        await page.go_back()
        await expect(page.get_by_label("Phone number")).to_be_visible()
    scripts = Counter(one for one in asked if one.endswith(".js"))
    assert scripts == dict.fromkeys(AT_ONCE | {"begin.js"} | _with("screens/ask.js"), 1)
    assert (opened.foreign, opened.faults) == ([], [])


@needs_browser
async def test_a_screen_that_does_not_come_says_so_and_is_tried_again(opened: Browser) -> None:
    page = opened.page
    await opened.goes("sign-in")
    await expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
    await page.route("**/app/screens/search.js", _lost)  # which the screen needs
    await page.get_by_role("link", name="Ask").click()
    await expect(page.locator(".alarm")).to_contain_text("This page could not be loaded.")
    assert await page.title() == "Something is wrong · 融 Rong"
    assert await page.evaluate("document.activeElement.id") == "screen"
    await page.get_by_role("button", name="中文").click()
    await expect(page.locator(".alarm")).to_contain_text("这一页没有加载出来")

    await page.route("**/app", _lost)
    await page.get_by_role("button", name="再试一次").click()
    await expect(page.get_by_text("还是连不上城市。")).to_be_visible()
    await page.unroute_all()
    await page.get_by_role("button", name="再试一次").click()
    await expect(page.get_by_label("问题")).to_be_visible()
    assert await page.evaluate("location.hash") == "#/ask"
    assert opened.foreign == []


@needs_browser
@pytest.mark.parametrize("file", ["main.js", "words.js"])  # and what it needs
async def test_an_app_that_does_not_come_says_so_and_is_tried_again(opened: Browser, file: str) -> None:
    page = opened.page
    await page.route(f"**/app/{file}", _lost)
    await opened.goes("sign-in")
    await expect(page.get_by_role("alert")).to_contain_text("The app could not be loaded.")
    await page.unroute_all()
    await page.get_by_role("button", name="Try again").click()
    await expect(page.get_by_role("heading", name="Sign in")).to_be_visible()


async def _lost(route: Route) -> None:
    await route.abort("internetdisconnected")

"""Nothing foreign runs on a page, and nothing on a page comes from elsewhere."""

from __future__ import annotations

import re

import pytest

from tests.pages.conftest import Visit

CARD = "/c/3501234567890127"
PAGES = [
    "/",
    "/docs",
    "/docs/house.md",
    "/providers",
    CARD,
    "/c/0",
    "/docs/none",
    "/pages/none.css",
    "/pages/style.css",
]


@pytest.mark.parametrize("address", PAGES)
async def test_every_answer_forbids_scripts_frames_and_foreign_sources(visit: Visit, address: str) -> None:
    async with visit() as browser:
        answer = await browser.get(address)
    policy = dict(part.split(" ", 1) for part in answer.headers["content-security-policy"].split("; "))
    assert policy["default-src"] == "'none'"
    assert policy["style-src"] == policy["img-src"] == "'self'"
    assert policy["frame-ancestors"] == policy["base-uri"] == policy["form-action"] == "'none'"
    assert "script-src" not in policy
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["x-frame-options"] == "DENY"
    assert answer.headers["referrer-policy"] == "no-referrer"


@pytest.mark.parametrize("address", PAGES[:7])
async def test_no_page_needs_what_the_policy_forbids(visit: Visit, address: str) -> None:
    async with visit() as browser:
        text = (await browser.get(address)).text
    assert not re.search(r"<script|<style|<iframe|<form|\sstyle=|\son[a-z]+=|javascript:", text)
    assert not re.search(r'(?:src|<link[^>]*href)="(?:https?:)?//', text)


async def test_a_page_names_only_files_that_are_served(visit: Visit) -> None:
    async with visit() as browser:
        page = (await browser.get("/")).text
        for address in set(re.findall(r'(?:src|href)="(/pages/[^"]+)"', page)):
            answer = await browser.get(address)
            assert answer.status_code == 200, address
            assert "immutable" in answer.headers["cache-control"]


@pytest.mark.parametrize(
    "address",
    [
        "/pages/../__init__.py",
        "/pages/..%2f__init__.py",
        "/pages/%2e%2e%2frendering.py",
        "/pages/style.css%00",
        "/pages/",
    ],
)
async def test_only_our_own_files_are_served(visit: Visit, address: str) -> None:
    async with visit() as browser:
        assert (await browser.get(address)).status_code == 404

"""What the code on a licence's face leads to."""

from __future__ import annotations

import pytest

from tests.pages.conftest import Visit
from virtual_card.licences.number import new_number


@pytest.mark.parametrize(("language", "words"), [("zh", "不能证明任何事"), ("en", "proves nothing by itself")])
async def test_the_page_says_that_a_picture_proves_nothing(visit: Visit, language: str, words: str) -> None:
    async with visit("production") as browser:
        answer = await browser.get(f"/l/{new_number('DL', 2026)}?lang={language}")
    assert answer.status_code == 200
    assert words in answer.text


async def test_every_number_gets_the_same_answer(visit: Visit) -> None:
    numbers = [new_number(prefix, 2026) for prefix in ("DL", "MC", "ZZ")]
    async with visit("production") as browser:
        answers = [await browser.get(f"/l/{number}") for number in numbers]
    assert len({answer.content for answer in answers}) == 1
    assert not any(number in answers[0].text for number in numbers)


@pytest.mark.parametrize("number", ["1", "DL2026", "%2e%2e", "<b>", "ＤＬ202648210937K"])
async def test_what_is_no_number_is_no_page(visit: Visit, number: str) -> None:
    async with visit("production") as browser:
        assert (await browser.get(f"/l/{number}")).status_code == 404

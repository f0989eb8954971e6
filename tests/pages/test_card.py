"""What the code on a card's face leads to."""

from __future__ import annotations

import pytest

from tests.pages.conftest import Visit
from virtual_card.cards.number import is_valid, new_number


@pytest.mark.parametrize("environment", ["development", "production"])
@pytest.mark.parametrize(("language", "words"), [("zh", "不能证明任何事"), ("en", "proves nothing by itself")])
async def test_the_page_says_that_a_picture_proves_nothing(
    visit: Visit, environment: str, language: str, words: str
) -> None:
    async with visit(environment) as browser:
        answer = await browser.get(f"/c/{new_number()}?lang={language}")
    assert answer.status_code == 200
    assert words in answer.text


async def test_every_number_gets_the_same_answer(visit: Visit) -> None:
    numbers = [new_number() for _ in range(5)]
    async with visit("production") as browser:
        answers = [await browser.get(f"/c/{number}") for number in numbers]
    assert len({answer.content for answer in answers}) == 1
    assert not any(number in answers[0].text for number in numbers)


def wrong_check_digit() -> str:
    number = new_number()
    return number[:-1] + str((int(number[-1]) + 1) % 10)


@pytest.mark.parametrize(
    "number",
    [wrong_check_digit(), "1", "０" * 16, "a" * 16, "%2e%2e", "3501" * 5, "<b>"],
    ids=["check digit", "short", "wide", "letters", "dots", "long", "markup"],
)
async def test_what_is_no_card_number_is_no_page(visit: Visit, number: str) -> None:
    assert not is_valid(number)
    async with visit("production") as browser:
        answer = await browser.get(f"/c/{number}")
    assert answer.status_code == 404
    assert "<b>" not in answer.text

"""An estate at both doors: everything once, by the app's own operations."""

from __future__ import annotations

from typing import Any

from tests.support.api import Api
from tests.support.estates import EstateWalk


async def test_everything_of_an_estate_is_done_once_by_the_apps_own_operations(shared_api: Api) -> None:
    done = set[str]()

    async def step(operation: str, token: str | None = None, schema: str = "citizen", /, **given: Any) -> Any:
        answer = (await shared_api.raw(operation, given, token=token, schema=schema)).json()
        assert "errors" not in answer, (operation, answer)
        result = next(iter(answer["data"].values()))
        assert not isinstance(result, dict) or not {"code", "message"} <= result.keys(), (operation, result)
        done.add(operation)
        return result

    await EstateWalk(shared_api, step).walk()
    assert len(done) > 40

"""Credit at the desk's endpoints: rules by two pairs of eyes, appeals, lines and what is overdue."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from app.core.clock import civil_day
from app.core.ids import new_id
from app.domains.payment.credit.rules.model import FIRST
from tests.support.api import Api
from tests.support.credit_walk import lent_to


async def call(api: Api, token: str, method: str, path: str, body: Any = None) -> tuple[int, Any]:
    headers = {"authorization": f"Bearer {token}", "idempotency-key": new_id()}
    answer = await api.http.request(method, f"/admin/api{path}", json=body, headers=headers)
    return answer.status_code, answer.json()


def wanted(api: Api, **changed: Any) -> dict[str, Any]:
    factors = [
        {"code": one.code.value, "weight": one.weight, "months": one.months, "start": one.start}
        | {"prior": one.prior, "full": one.full}
        for one in FIRST.factors
    ]
    bands = [{"score": one.score, "fen": one.fen} for one in FIRST.bands]
    since = civil_day(api.city.clock.now()) + timedelta(days=30)
    return {"factors": factors, "bands": bands, "since": since.isoformat(), "reason": "as before", **changed}


async def test_rules_are_proposed_by_one_and_approved_by_another(api: Api) -> None:
    """In a city of its own: one proposal waits at a time."""
    one, other = await api.ops_token("administrator"), await api.ops_token("administrator")
    light = wanted(api)
    light["factors"] = [{**each, "weight": 1} for each in light["factors"]]
    status, answer = await call(api, one, "POST", "/credit-rules", light)
    assert (status, answer["code"], answer["field"]) == (422, "CREDIT_RULES_INVALID", "weights")
    status, made = await call(api, one, "POST", "/credit-rules", wanted(api))
    assert (status, made["state"]) == (201, "proposed")
    status, answer = await call(api, other, "POST", "/credit-rules", wanted(api))
    assert (status, answer["code"]) == (422, "CREDIT_RULES_PENDING")
    path = f"/credit-rules/{made['version']}"
    status, answer = await call(api, one, "POST", f"{path}/approval")
    assert (status, answer["code"]) == (422, "CREDIT_RULES_NEED_ANOTHER")
    status, answer = await call(api, other, "POST", f"{path}/approval")
    assert (status, answer["state"]) == (200, "approved")
    status, answer = await call(api, other, "POST", f"{path}/withdrawal")
    assert (status, answer["code"]) == (422, "CREDIT_RULES_SETTLED")
    status, answer = await call(api, other, "POST", "/credit-rules/999999/approval")
    assert (status, answer["code"]) == (422, "CREDIT_RULES_UNKNOWN")
    published = await api.data("CreditRules")
    assert (published["inForce"]["version"], published["coming"]["version"]) == (1, made["version"])
    status, versions = await call(api, one, "GET", "/credit-rules")
    assert (status, versions[-1]["version"]) == (200, 1)


async def test_an_appeal_is_read_and_answered_and_its_words_are_in_no_list(shared_api: Api) -> None:
    person, desk = await shared_api.verified(), await shared_api.ops_token("operator")
    await lent_to(shared_api, person)
    await shared_api.data("AppealCredit", person.token, reason="I was ill", factor="APPOINTMENTS", key=new_id())
    status, rows = await call(shared_api, desk, "GET", "/credit-appeals?first=100")
    mine = next(one for one in rows["items"] if one["citizen"] == shared_api.key(person))
    assert (status, mine["reason"]) == (200, None)
    path = f"/credit-appeals/{mine['id']}"
    assert (await call(shared_api, desk, "GET", path))[1]["reason"] == "I was ill"
    status, answer = await call(shared_api, desk, "POST", f"{path}/answers", {"state": "open", "answer": "no"})
    assert (status, answer["code"]) == (422, "CREDIT_APPEAL_INVALID")
    status, answer = await call(shared_api, desk, "POST", f"{path}/answers", {"state": "refused", "answer": "no"})
    assert (status, answer["state"]) == (200, "refused")
    told = await shared_api.told(person)
    assert "Your appeal is answered" in {one["title"] for one in told}
    shown = await shared_api.data("CreditAppeals", person.token)
    assert shown["edges"][0]["node"]["answer"] == "no"


async def test_lines_and_what_is_overdue_are_listed_without_a_score(shared_api: Api) -> None:
    person, desk = await shared_api.verified(), await shared_api.ops_token("viewer")
    await lent_to(shared_api, person)
    status, rows = await call(shared_api, desk, "GET", "/credit-lines?state=open&first=100")
    mine = next(one for one in rows["items"] if one["citizen"] == shared_api.key(person))
    assert (status, mine["limit"], mine["owed"]) == (200, "500.00", "0.00")
    assert "score" not in mine
    status, rows = await call(shared_api, desk, "GET", "/credit-overdue")
    assert (status, [one for one in rows["items"] if one["citizen"] == shared_api.key(person)]) == (200, [])

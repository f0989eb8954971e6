"""Credit at the console: rules by two pairs of eyes, an appeal read and answered, what is overdue."""

from __future__ import annotations

from datetime import timedelta

from app.core.clock import civil_day
from app.core.ids import new_id
from app.domains.payment.credit.dues.model import Due, DueKind
from app.domains.payment.credit.dues.store import DueStore
from app.domains.payment.credit.rules.model import FIRST, RulesState
from tests.console.conftest import Desk
from tests.support.api import Api
from tests.support.credit_walk import lent_to

_WEIGHTS = {one.code.value: str(one.weight) for one in FIRST.factors}
_BANDS = "\n".join(f"{one.score} {one.fen // 100}" for one in FIRST.bands)


async def test_rules_are_proposed_at_one_desk_and_approved_at_another(desks: dict[str, Desk], shared_api: Api) -> None:
    book, since = shared_api.city.services.payment.credit.rules, civil_day(shared_api.city.clock.now())
    # What another test proposed and left open would stand in the way.
    for one in await book.versions():
        if one.state is RulesState.PROPOSED:
            await desks["administrator"].act(f"/admin/credit-rules/{one.version}/do/withdraw")
    wish = {**_WEIGHTS, "bands": _BANDS, "since": (since + timedelta(days=20)).isoformat(), "reason": "as before"}
    wrong = await desks["operator"].act("/admin/credit-rules/do/propose", **{**wish, "identity": "151"})
    assert wrong.json()["code"] == "CREDIT_RULES_INVALID"
    torn = await desks["operator"].act("/admin/credit-rules/do/propose", **{**wish, "bands": "600 five hundred"})
    assert torn.json()["code"] == "BAD_INPUT"
    made = await desks["operator"].act("/admin/credit-rules/do/propose", **wish)
    assert made.status_code == 200, made.text
    place = made.json()["go"]
    page = (await desks["viewer"].page(place)).text
    assert "Bills paid on time" in page
    assert "¥5,000.00" in page
    done = await desks["administrator"].act(f"{place}/do/approve")
    assert done.status_code == 200, done.text
    assert "as before" in (await desks["auditor"].page("/admin/credit-rules")).text
    assert (await desks["viewer"].page("/admin/credit-rules/none")).status_code == 404


async def test_an_appeal_is_listed_without_its_words_read_and_answered(desks: dict[str, Desk], shared_api: Api) -> None:
    person, desk = await shared_api.verified(), desks["operator"]
    await lent_to(shared_api, person)
    said = {"reason": "那天住院了", "factor": "APPOINTMENTS", "key": new_id()}
    made = await shared_api.data("AppealCredit", person.token, **said)
    (appeal,) = await shared_api.city.db["credit_appeals"].find({"citizen": shared_api.key(person)}).to_list(None)
    page = (await desk.page("/admin/credit-appeals")).text
    assert shared_api.key(person)[-8:] in page
    assert "那天住院了" not in page
    read = await desk.act(f"/admin/credit-appeals/{appeal['_id']}/do/read")
    assert "那天住院了" in read.json()["shown"]
    until = (civil_day(shared_api.city.clock.now()) + timedelta(days=90)).isoformat()
    given = {"points": "40", "until": until, "answer": "住院期间不计"}
    done = await desk.act(f"/admin/credit-appeals/{appeal['_id']}/do/adjust", **given)
    assert done.status_code == 200, done.text
    standing = await shared_api.data("CreditStanding", person.token)
    assert standing["score"]["value"] == made["appeal"]["score"] + 40
    again = await desk.act(f"/admin/credit-appeals/{appeal['_id']}/do/refuse", answer="no")
    assert again.json()["code"] == "CREDIT_APPEAL_SETTLED"


async def test_what_is_overdue_is_listed_with_its_days(desks: dict[str, Desk], shared_api: Api) -> None:
    person, now = await shared_api.verified(), shared_api.city.clock.now()
    day = civil_day(now) - timedelta(days=12)
    due = Due(new_id(), shared_api.key(person), DueKind.TREATMENT, new_id(), "hospital", 12_345, day, now)
    await shared_api.city.db.transaction(lambda tx: DueStore(shared_api.city.db).add(due, tx))
    for language, said in (("en", "a treatment"), ("zh-CN", "先诊疗后付费")):
        page = (await Desk(desks["viewer"].http, language).page("/admin/credit-overdue")).text
        assert "¥123.45" in page
        assert said in page

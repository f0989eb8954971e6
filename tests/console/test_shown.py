"""What a page shows: true now, in words of the reader's language, and no more than his role needs."""

from __future__ import annotations

import re

from app.core.clock import CITY_TIME
from app.core.ids import new_id
from tests.console.conftest import Desk
from tests.support.api import Api

_FIELD = re.compile(r'name="([a-z_]+)"')


async def test_a_card_s_number_is_masked_to_who_does_not_act_on_cards(desks: dict[str, Desk], shared_api: Api) -> None:
    person = await shared_api.with_card()
    (card,) = await shared_api.city.services.cards.held_by(shared_api.key(person))
    places = (f"/admin/citizens/{card.holder}", f"/admin/cards/{card.holder}~{card.id}")
    for role, whole in (("viewer", False), ("auditor", False), ("operator", True), ("administrator", True)):
        for place in places:
            page = (await desks[role].page(place)).text
            assert (card.number in page, f"****{card.number[-4:]}" in page) == (whole, not whole), (role, place)


async def test_messages_stand_under_their_titles_with_their_sources_in_words(
    desks: dict[str, Desk], shared_api: Api
) -> None:
    person = await shared_api.with_card()
    await shared_api.told(person)
    place = f"/admin/citizens/{shared_api.key(person)}"
    for language, title, source in (("en", "Your card is issued", ">card<"), ("zh-CN", "市民卡已签发", ">市民卡<")):
        page = (await desks["viewer"].page(place, **{"accept-language": language})).text
        assert (title in page, source in page, "card.issued" in page) == (True, True, False)


async def test_a_new_data_key_is_shown_as_to_come_and_the_old_one_as_at_work(
    desks: dict[str, Desk], shared_api: Api
) -> None:
    page = (await desks["administrator"].page("/admin/keys")).text
    active = page.count(">active<")
    done = await desks["administrator"].act("/admin/keys/do/rotate", use="data", leaked="yes")
    assert done.status_code == 200, done.text
    keys = await shared_api.city.rotation.keys()
    newest = max(keys, key=lambda key: key.since)
    page = (await desks["administrator"].page("/admin/keys")).text
    assert f"from {newest.since.astimezone(CITY_TIME):%H:%M}" in page
    assert page.count(">active<") == active


async def test_copies_of_whatever_state_are_shown_until_one_is_chosen(desks: dict[str, Desk], shared_api: Api) -> None:
    person = await shared_api.verified()
    await shared_api.data("RequestDataExport", person.token, key=new_id())
    while await shared_api.city.services.exports.make_next():  # others may have asked before
        pass
    whose = f"/admin/citizens/{shared_api.key(person)}"
    for query, shown in (("", True), ("?state=ready", True), ("?state=failed", False)):
        assert (whose in (await desks["operator"].page(f"/admin/exports{query}")).text) == shown, query


async def test_before_an_erasure_its_page_says_what_is_there_now(desks: dict[str, Desk], shared_api: Api) -> None:
    person = await shared_api.with_card()
    await shared_api.data("RequestErasure", person.token, key=new_id())
    page = (await desks["auditor"].page(f"/admin/erasures/{shared_api.key(person)}")).text
    assert ("Rows now" in page, "Rows that stay" in page) == (True, False)
    kept = shared_api.city.settings.audit_kept_days
    assert f"this city keeps them {kept} days" in page
    assert "at least six months" in page


async def test_an_organisation_is_shown_found_and_changed_in_both_languages(
    desks: dict[str, Desk], shared_api: Api
) -> None:
    code, desk = f"org-{new_id()}", desks["administrator"]
    said = {"code": code, "name": f"榕树图书馆 {code}", "name_en": f"Banyan Library {code}", "kind": "library"}
    assert (await desk.act("/admin/organisations/do/add", **said)).status_code == 200
    where = f"/admin/organisations/{code}"
    english, chinese = (await desk.page(where)).text, (await Desk(desk.http, "zh-CN").page(where)).text
    assert (f"<h1>{said['name_en']}" in english, f"<h1>{said['name']}" in chinese) == (True, True)
    for asked in ("banyan", "榕树"):
        assert where in (await desk.page(f"/admin/organisations?q={asked}")).text
    changed = {**said, "name_en": ""}
    assert (await desk.act(f"{where}/do/change", **changed)).status_code == 200
    assert f"<h1>{said['name']}" in (await desk.page(where)).text


async def test_a_broadcast_s_form_has_a_column_for_each_language(desks: dict[str, Desk]) -> None:
    page = (await desks["operator"].page("/admin/broadcasts")).text
    names = _FIELD.findall(page.partition('<div class="fields">')[2].partition("</dialog>")[0])
    languages = [name for name in names if name.endswith(("_zh", "_en"))]
    assert names[-6:] == languages
    # Two columns: what stands at an even place stands on the left.
    assert {name[-3:] for name in names[len(names) % 2 :: 2] if name in languages} == {"_zh"}

"""Webhooks as a provider manages them: each named error, in both languages; and what a look-up sends out."""

from __future__ import annotations

import json
from typing import Any

import pytest

from app.core.ids import new_id
from graphql_schema.types.common import global_id, key_of
from notifications.webhooks.endpoints.errors import TargetFault
from tests.support.api import ALL_SCOPES, OPS, Api
from tests.support.fakes import RecordingWebhooks

EVENTS = ["DISCLOSURE_MADE", "DISCLOSURE_DISPUTED", "DISCLOSURE_ANSWERED"]


@pytest.fixture(scope="session")
async def organisation(shared_api: Api) -> str:
    return await shared_api.organisation()


@pytest.fixture(scope="session")
async def client(shared_api: Api, organisation: str) -> str:
    return await shared_api.provider(organisation)


def receivers(api: Api) -> RecordingWebhooks:
    found = api.city.outside.webhooks
    assert isinstance(found, RecordingWebhooks)
    return found


async def registered(api: Api, token: str, **changed: Any) -> dict[str, Any]:
    wish = {"url": f"https://{new_id()}.test/hook", "events": EVENTS, "key": new_id(), **changed}
    done = await api.data("RegisterWebhook", token, "provider", **wish)
    assert done["__typename"] == "WebhookRegistered", done
    return dict(done)


async def removed(api: Api, token: str, endpoint: str) -> None:
    done = await api.data("RemoveWebhook", token, "provider", endpointId=endpoint, key=new_id())
    assert done["__typename"] == "WebhookRemoved"


async def sent(api: Api) -> None:
    while await api.city.courier.round():
        await api.city.courier.finish()


async def test_a_look_up_its_dispute_and_the_answer_are_told_with_the_ids_the_provider_knows(shared_api: Api) -> None:
    client = await shared_api.provider(await shared_api.organisation())
    made = await registered(shared_api, client)
    person = await shared_api.with_card()
    code = await shared_api.code(person)
    verified = await shared_api.data("VerifyCode", client, "provider", code=code, purpose="SERVICE_HALL", key=new_id())
    dispute = {"disclosureId": verified["id"], "reason": "never there", "key": new_id()}
    await shared_api.data("DisputeDisclosure", person.token, **dispute)
    for event in await shared_api.events(person):
        await shared_api.city.services.webhook_deliveries.take(event)
    await sent(shared_api)
    bodies = [json.loads(body) for url, _, body in receivers(shared_api).sent if url == made["endpoint"]["url"]]
    assert [body["type"] for body in bodies] == ["disclosure.made", "disclosure.disputed"]
    assert {body["data"]["disclosureId"] for body in bodies} == {verified["id"]}
    assert bodies[0]["data"]["purpose"] == "service_hall"
    everything = json.dumps(bodies, ensure_ascii=False)
    assert all(secret not in everything for secret in (person.name, person.phone, person.id_number))
    assert shared_api.key(person) not in everything

    log = await shared_api.data(
        "WebhookDeliveries", client, "provider", endpointId=made["endpoint"]["id"], state="DELIVERED", first=1
    )
    (edge,) = log["edges"]
    assert log["pageInfo"]["hasNextPage"] is True
    assert (edge["node"]["type"], edge["node"]["state"]) == ("disclosure.disputed", "DELIVERED")
    assert [attempt["status"] for attempt in edge["node"]["attempts"]] == [204]
    again = await shared_api.data(
        "ReplayWebhookDelivery", client, "provider", deliveryId=edge["node"]["id"], key=new_id()
    )
    assert (again["delivery"]["state"], again["delivery"]["webhookId"]) == ("WAITING", edge["node"]["webhookId"])


async def test_a_secret_is_shown_once_and_to_a_repeat_of_the_same_wish(shared_api: Api, client: str) -> None:
    wish = {"url": "https://once.test/hook", "key": new_id()}
    first, repeat = await registered(shared_api, client, **wish), await registered(shared_api, client, **wish)
    assert first == repeat
    assert first["secret"].startswith("whsec_")
    listed = await shared_api.data("WebhookEndpoints", client, "provider")
    assert first["secret"] not in json.dumps(listed)
    rotation = {"endpointId": first["endpoint"]["id"], "overlapHours": 1, "key": new_id()}
    rotated = await shared_api.data("RotateWebhookSecret", client, "provider", **rotation)
    assert rotated["secret"] != first["secret"]
    assert rotated["endpoint"]["oldSecretUntil"] is not None
    await removed(shared_api, client, first["endpoint"]["id"])


@pytest.mark.parametrize("fault", list(TargetFault))
async def test_an_address_that_is_not_called_is_named_and_nothing_is_kept(
    spoken: Api, client: str, fault: TargetFault
) -> None:
    url = f"https://{fault.value}.test/"
    receivers(spoken).refused[url] = fault
    wish = {"url": url, "events": EVENTS, "key": new_id()}
    shown = await spoken.refused("WebhookTargetRefused", "RegisterWebhook", client, "provider", **wish)
    assert shown == {"reason": fault.name}
    listed = await spoken.data("WebhookEndpoints", client, "provider")
    assert url not in {one["url"] for one in listed}


async def test_a_change_to_an_address_that_is_not_called_changes_nothing(spoken: Api, client: str) -> None:
    made = (await registered(spoken, client))["endpoint"]
    receivers(spoken).refused["https://elsewhere.test/"] = TargetFault.ADDRESS
    wish = {"endpointId": made["id"], "url": "https://elsewhere.test/", "description": "x", "key": new_id()}
    await spoken.refused("WebhookTargetRefused", "ChangeWebhook", client, "provider", **wish)
    assert made in await spoken.data("WebhookEndpoints", client, "provider")
    await removed(spoken, client, made["id"])


async def test_left_out_is_unchanged_and_null_is_refused(shared_api: Api, client: str) -> None:
    made = (await registered(shared_api, client, description="first"))["endpoint"]
    change = {"endpointId": made["id"], "events": ["MESSAGE_READ"], "key": new_id()}
    changed = (await shared_api.data("ChangeWebhook", client, "provider", **change))["endpoint"]
    assert changed == {**made, "events": ["MESSAGE_READ"]}
    for name in ("url", "events", "description"):
        codes = await shared_api.codes(
            "ChangeWebhook", client, "provider", endpointId=made["id"], key=new_id(), **{name: None}
        )
        assert codes == ["BAD_INPUT"], name
    await removed(shared_api, client, made["id"])


async def test_no_events_too_long_a_description_and_a_moment_without_zone_are_refused(
    shared_api: Api, client: str
) -> None:
    made = (await registered(shared_api, client))["endpoint"]["id"]
    wish = {"url": "https://a.test/", "events": EVENTS, "key": new_id()}
    for changed in ({"events": []}, {"description": "x" * 201}, {"description": "a\nb"}):
        assert await shared_api.codes("RegisterWebhook", client, "provider", **{**wish, **changed}) == ["BAD_INPUT"]
    rotate = {"endpointId": made, "overlapHours": 169, "key": new_id()}
    assert await shared_api.codes("RotateWebhookSecret", client, "provider", **rotate) == ["BAD_INPUT"]
    replay = {"endpointId": made, "since": "2026-01-01T00:00:00", "key": new_id()}
    assert await shared_api.codes("ReplayWebhook", client, "provider", **replay) == ["BAD_USER_INPUT"]
    await removed(shared_api, client, made)


async def test_ten_endpoints_are_the_most(spoken: Api) -> None:
    client = await spoken.provider(await spoken.organisation())
    for _ in range(10):
        await registered(spoken, client)
    wish = {"url": "https://eleventh.test/", "events": EVENTS, "key": new_id()}
    shown = await spoken.refused("WebhookTooMany", "RegisterWebhook", client, "provider", **wish)
    assert shown == {"limit": 10}


async def test_a_third_secret_is_refused_until_the_overlap_ends(spoken: Api, client: str) -> None:
    made = (await registered(spoken, client))["endpoint"]["id"]
    rotate = {"endpointId": made, "overlapHours": 24}
    rotated = await spoken.data("RotateWebhookSecret", client, "provider", **rotate, key=new_id())
    shown = await spoken.refused(
        "WebhookRotationUnderway", "RotateWebhookSecret", client, "provider", **rotate, key=new_id()
    )
    assert shown["until"] == rotated["endpoint"]["oldSecretUntil"]
    at_once = await spoken.data(
        "RotateWebhookSecret", client, "provider", endpointId=made, overlapHours=0, key=new_id()
    )
    assert at_once["endpoint"]["oldSecretUntil"] is None
    await removed(spoken, client, made)


async def test_a_paused_endpoint_is_neither_pinged_nor_replayed(spoken: Api, client: str) -> None:
    made = (await registered(spoken, client))["endpoint"]["id"]
    paused = await spoken.data("PauseWebhook", client, "provider", endpointId=made, key=new_id())
    assert paused["endpoint"]["state"] == "PAUSED"
    shown = await spoken.refused("WebhookNotActive", "PingWebhook", client, "provider", endpointId=made, key=new_id())
    since = {"endpointId": made, "since": "2026-01-01T00:00:00Z", "key": new_id()}
    assert shown == await spoken.refused("WebhookNotActive", "ReplayWebhook", client, "provider", **since)
    assert shown == {"state": "PAUSED"}
    resumed = await spoken.data("ResumeWebhook", client, "provider", endpointId=made, key=new_id())
    assert resumed["endpoint"]["state"] == "ACTIVE"
    await removed(spoken, client, made)


async def test_what_the_desk_disabled_the_provider_does_not_enable(spoken: Api, client: str) -> None:
    made = (await registered(spoken, client))["endpoint"]["id"]
    await spoken.city.services.webhooks.disable_by_desk(OPS, key_of(made, "WebhookEndpoint"), "asked to")
    for operation in ("ResumeWebhook", "PauseWebhook"):
        shown = await spoken.refused("WebhookStateFixed", operation, client, "provider", endpointId=made, key=new_id())
        assert shown == {"state": "DISABLED"}
    await removed(spoken, client, made)


async def test_what_is_not_there_is_named(spoken: Api, client: str) -> None:
    nowhere = {"endpointId": str(global_id("WebhookEndpoint", new_id())), "key": new_id()}
    for operation in ("ChangeWebhook", "RotateWebhookSecret", "PauseWebhook", "ResumeWebhook", "RemoveWebhook"):
        await spoken.refused("WebhookUnknown", operation, client, "provider", **{**nowhere, "key": new_id()})
    await spoken.refused("WebhookUnknown", "PingWebhook", client, "provider", **nowhere)
    since = {**nowhere, "since": "2026-01-01T00:00:00Z"}
    await spoken.refused("WebhookUnknown", "ReplayWebhook", client, "provider", **since)
    delivery = {"deliveryId": str(global_id("WebhookDelivery", "a:b")), "key": new_id()}
    await spoken.refused("WebhookDeliveryUnknown", "ReplayWebhookDelivery", client, "provider", **delivery)


async def test_other_content_under_the_same_key_is_a_conflict(spoken: Api, client: str) -> None:
    made = await registered(spoken, client, key=(key := new_id()))
    wish = {"url": "https://other.test/", "events": EVENTS, "key": key}
    await spoken.refused("IdempotencyConflict", "RegisterWebhook", client, "provider", **wish)
    await removed(spoken, client, made["endpoint"]["id"])


async def test_another_organisations_endpoint_looks_as_if_it_were_not_there(shared_api: Api, client: str) -> None:
    made = (await registered(shared_api, client))["endpoint"]["id"]
    ping = await shared_api.data("PingWebhook", client, "provider", endpointId=made, key=new_id())
    stranger = await shared_api.provider(await shared_api.organisation())
    for theirs, nowhere in (
        (made, str(global_id("WebhookEndpoint", new_id()))),
        (ping["delivery"]["id"], str(global_id("WebhookDelivery", f"{new_id()}:{new_id()}"))),
    ):
        for operation in ("WebhookDeliveries", "RemoveWebhook", "PingWebhook", "ReplayWebhookDelivery"):
            name = "deliveryId" if operation == "ReplayWebhookDelivery" else "endpointId"
            answers = [
                (
                    await shared_api.raw(operation, {name: one, "key": new_id()}, token=stranger, schema="provider")
                ).json()
                for one in (theirs, nowhere)
            ]
            for told in answers:
                for error in told.get("errors", []):
                    error["extensions"].pop("requestId", None)
            assert answers[0] == answers[1], operation
    await removed(shared_api, client, made)


async def test_a_test_client_has_endpoints_of_its_own(shared_api: Api, organisation: str, client: str) -> None:
    made = await shared_api.city.services.clients.create(
        OPS, organisation, "trial", ALL_SCOPES, test_mode=True, key=new_id()
    )
    form = {"grant_type": "client_credentials"}
    answer = await shared_api.http.post("/oauth/token", data=form, auth=(made.client, made.secret))
    trial = str(answer.json()["access_token"])
    live, test = await registered(shared_api, client), await registered(shared_api, trial)
    assert (live["endpoint"]["testMode"], test["endpoint"]["testMode"]) == (False, True)
    for token, theirs, other in ((client, live, test), (trial, test, live)):
        listed = {one["id"] for one in await shared_api.data("WebhookEndpoints", token, "provider")}
        assert theirs["endpoint"]["id"] in listed
        assert other["endpoint"]["id"] not in listed
    await removed(shared_api, client, live["endpoint"]["id"])
    await removed(shared_api, trial, test["endpoint"]["id"])


async def test_a_supervisor_manages_them_too(shared_api: Api, organisation: str) -> None:
    supervisor = await shared_api.staff_token(organisation, "supervisor")
    made = await registered(shared_api, supervisor)
    await removed(shared_api, supervisor, made["endpoint"]["id"])


async def test_look_ups_of_names_are_limited(api: Api) -> None:
    client = await api.provider(await api.organisation())
    wish = {"url": "https://refused.test/", "events": EVENTS}
    receivers(api).refused["https://refused.test/"] = TargetFault.UNRESOLVABLE
    for _ in range(100):
        await api.refused("WebhookTargetRefused", "RegisterWebhook", client, "provider", **wish, key=new_id())
    assert await api.codes("RegisterWebhook", client, "provider", **wish, key=new_id()) == ["RATE_LIMITED"]

"""How many commands each operation sends to the database: more than the table says fails, and rows cost nothing."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from app.core.ids import new_id
from app.core.mongo import command_log
from tests.graphql.test_disclosures import looked_up
from tests.graphql.test_templates import both_languages
from tests.support.api import Api, Person
from tests.support.applicants import application
from tests.support.operations import all_operations
from tests.telling.words import approved

# Measured; a transaction's commit counts as one, and so does the first look at a person's key.
MOST = {
    "citizen.AcceptGuardian": 8,
    "citizen.AddWard": 16,
    "citizen.Card": 1,
    "citizen.CardHistory": 1,
    "citizen.ChangeNotificationPreferences": 6,
    "citizen.ConfirmMessages": 5,
    "citizen.Corrections": 1,
    "citizen.DataExports": 1,
    "citizen.Devices": 1,
    "citizen.Disclosures": 1,
    "citizen.DisputeDisclosure": 7,
    "citizen.Erasure": 1,
    "citizen.Guardians": 2,
    "citizen.Inbox": 2,
    "citizen.IssueCard": 12,
    "citizen.MarkAllMessagesRead": 4,
    "citizen.MarkMessageRead": 5,
    "citizen.Me": 1,
    "citizen.Node": 1,
    "citizen.NotificationPreferences": 1,
    "citizen.RefreshSession": 5,
    "citizen.RegisterPushToken": 2,
    "citizen.ReinstateCard": 7,
    "citizen.ReportCardLoss": 7,
    "citizen.RequestCorrection": 9,
    "citizen.RequestDataExport": 8,
    "citizen.RequestErasure": 7,
    "citizen.RequestOtp": 9,
    "citizen.RevokeGuardianship": 9,
    "citizen.ShowCode": 9,
    "citizen.ShowOfflineCode": 8,
    "citizen.SignIn": 15,
    "citizen.SignOut": 5,
    "citizen.VerifyIdentity": 16,
    "citizen.Wards": 2,
    "citizen.WhyDidIGetThis": 2,
    "citizen.WithdrawCorrection": 6,
    "citizen.WithdrawErasure": 7,
    "provider.Application": 1,
    "provider.ApplyAsProvider": 9,
    "provider.Broadcast": 1,
    "provider.Broadcasts": 1,
    "provider.CancelBroadcast": 6,
    "provider.ChangeStaffPassword": 16,
    "provider.ChangeWebhook": 8,
    "provider.CreateBroadcast": 6,
    "provider.EstimateBroadcast": 1,
    "provider.MakeTestCitizens": 20,
    "provider.Me": 0,
    "provider.MessageTemplate": 1,
    "provider.MessageTemplates": 1,
    "provider.Notice": 2,
    "provider.Notices": 1,
    "provider.PauseBroadcast": 6,
    "provider.PauseWebhook": 8,
    "provider.PingWebhook": 8,
    "provider.RefreshStaffSession": 4,
    "provider.RegisterWebhook": 9,
    "provider.RemoveWebhook": 8,
    "provider.ReplayWebhook": 8,
    "provider.ReplayWebhookDelivery": 9,
    "provider.ResumeBroadcast": 6,
    "provider.ResumeWebhook": 11,
    "provider.RotateWebhookSecret": 6,
    "provider.SaveMessageTemplate": 7,
    "provider.SendNotice": 15,
    "provider.ShowTestCode": 10,
    "provider.SignInStaff": 16,
    "provider.SignOut": 5,
    "provider.StartBroadcast": 8,
    "provider.SubmitMessageTemplate": 6,
    "provider.TestCitizens": 1,
    "provider.Verifications": 1,
    "provider.VerifyCode": 10,
    "provider.WebhookDeliveries": 2,
    "provider.WebhookEndpoints": 1,
    "provider.WithdrawApplication": 9,
    "provider.WithdrawMessageTemplate": 6,
    "provider.WithdrawNotice": 6,
}


async def sent(
    api: Api, operation: str, token: str | None = None, schema: str = "citizen", /, **given: Any
) -> tuple[list[str], Any]:
    """The commands of one successful call, and what its first field answered."""
    log: list[str] = []
    mark = command_log.set(log)
    try:
        answer = (await api.raw(operation, given, token=token, schema=schema)).json()
    finally:
        command_log.reset(mark)
    assert "errors" not in answer, answer
    result = next(iter(answer["data"].values()))
    assert not isinstance(result, dict) or not {"code", "message"} <= result.keys(), result
    return log, result


class Journey:
    """Every operation once, each with success."""

    def __init__(self, api: Api) -> None:
        self._api = api
        self.commands: dict[str, list[str]] = {}

    async def step(self, operation: str, token: str | None = None, schema: str = "citizen", /, **given: Any) -> Any:
        self.commands[f"{schema}.{operation}"], result = await sent(self._api, operation, token, schema, **given)
        return result

    async def walk(self) -> dict[str, list[str]]:
        await self._api.with_card()  # the first card of a city makes its counter
        person, provider = self._api.person(), await self._api.provider(await self._api.organisation())
        await self._signs_in(person)
        await self._verifies(person)
        disclosure = await self._shows(person, provider)
        await self._reads(person, disclosure)
        await self._guards(person)
        await self._works_at_a_desk()
        await self._applies_and_tries()
        await self._writes_templates()
        await self._is_called_back(provider)
        await self._writes_to(person)
        await self._has_rights(person)
        await self.step("SignOut", person.token)
        return self.commands

    async def _signs_in(self, person: Person) -> None:
        device = person.device
        asked = await self.step("RequestOtp", phone=person.phone, device=device, key=new_id())
        code = self._api.sms.code_for(person.phone)
        given = {"challenge": asked["challenge"], "code": code, "device": device, "key": new_id()}
        done = await self.step("SignIn", **given)
        person.citizen_id, token = done["citizenId"], done["tokens"]["refreshToken"]
        fresh = await self.step("RefreshSession", refreshToken=token, deviceId=device["id"])
        person.token = fresh["tokens"]["accessToken"]

    async def _verifies(self, person: Person) -> None:
        said = {"name": person.name, "idNumber": person.id_number, "key": new_id()}
        person.token = (await self.step("VerifyIdentity", person.token, **said))["accessToken"]
        await self.step("IssueCard", person.token, key=new_id())
        await self.step("RegisterPushToken", person.token, token="push-token-of-this-phone")

    async def _shows(self, person: Person, provider: str) -> str:
        await self.step("ShowOfflineCode", person.token, purpose="GATE", key=new_id())
        shown = await self.step("ShowCode", person.token, purpose="GATE", key=new_id())
        given = {"code": shown["cardCode"]["text"], "purpose": "GATE", "key": new_id()}
        made = await self.step("VerifyCode", provider, "provider", **given)
        await self.step("Me", provider, "provider")
        await self.step("Verifications", provider, "provider")
        return str(made["id"])

    async def _reads(self, person: Person, disclosure: str) -> None:
        for operation in ("Me", "Card", "CardHistory", "Devices", "Disclosures", "Inbox"):
            await self.step(operation, person.token)
        await self.step("Node", person.token, id=disclosure)
        await self.step("DisputeDisclosure", person.token, disclosureId=disclosure, reason="never there", key=new_id())
        message = (await self._api.told(person))[0]["id"]
        await self.step("WhyDidIGetThis", person.token, messageId=message)
        await self.step("ConfirmMessages", person.token, messageIds=[message])
        await self.step("MarkMessageRead", person.token, messageId=message)
        await self.step("MarkAllMessagesRead", person.token)
        await self.step("NotificationPreferences", person.token)
        changes = {"quietHours": {"start": "22:00", "end": "07:00"}}
        await self.step("ChangeNotificationPreferences", person.token, changes=changes, key=new_id())
        await self.step("ReportCardLoss", person.token, key=new_id())
        await self.step("ReinstateCard", person.token, key=new_id())

    async def _guards(self, person: Person) -> None:
        elder = await self._api.verified(self._api.person(date(1950, 1, 2), "测试翁"))
        self._api.registry.relations[person.id_number, elder.id_number] = "child"
        wish = {"name": elder.name, "idNumber": elder.id_number, "scopes": ["CARD_SHOW"], "key": new_id()}
        made = (await self.step("AddWard", person.token, **wish))["guardianship"]["id"]
        await self.step("AcceptGuardian", elder.token, guardianshipId=made, key=new_id())
        await self.step("Wards", person.token)
        await self.step("Guardians", elder.token)
        await self.step("RevokeGuardianship", person.token, guardianshipId=made, key=new_id())

    async def _works_at_a_desk(self) -> None:
        clerk = await self._api.clerk(await self._api.organisation(), "seat")
        done = await self.step("SignInStaff", None, "provider", **clerk.credentials(self._api.city.clock.now()))
        given = {"refreshToken": done["tokens"]["refreshToken"], "deviceId": clerk.device["id"]}
        fresh = await self.step("RefreshStaffSession", None, "provider", **given)
        await self.step("SignOut", fresh["tokens"]["accessToken"], "provider")
        another = await self._api.clerk(clerk.organisation, "seat")
        wish = another.credentials(self._api.city.clock.now(), newPassword=f"my own {new_id()}")
        for unasked in ("device", "key"):
            del wish[unasked]
        await self.step("ChangeStaffPassword", None, "provider", **wish)

    async def _writes_templates(self) -> None:
        provider = await self._api.provider(await self._api.organisation())
        template = {"code": "book_due", "texts": both_languages("Due"), "facts": []}
        await self.step("SaveMessageTemplate", provider, "provider", template=template, key=new_id())
        for operation in ("SubmitMessageTemplate", "WithdrawMessageTemplate"):
            await self.step(operation, provider, "provider", code="book_due", version=1, key=new_id())
        await self.step("MessageTemplate", provider, "provider", code="book_due", version=1)
        await self.step("MessageTemplates", provider, "provider")

    async def _writes_to(self, person: Person) -> None:
        organisation = await self._api.organisation()
        provider = await self._api.provider(organisation)
        await approved(self._api, provider, "hello")
        number = (await self._api.data("Card", person.token))["number"]
        said = {"to": {"cardNumber": number}, "template": "hello", "facts": [], "key": new_id()}
        notice = (await self.step("SendNotice", provider, "provider", **said))["notice"]["id"]
        await self.step("WithdrawNotice", provider, "provider", noticeId=notice, key=new_id())
        await self.step("Notices", provider, "provider")
        await self.step("Notice", provider, "provider", noticeId=notice)
        await self._api.city.citizens.mark_service_used(self._api.key(person), organisation)
        await self.step("EstimateBroadcast", provider, "provider", audience={}, pace=10)
        wish = {"title": "Closed", "template": "hello", "audience": {}, "pace": 10}
        made = await self.step("CreateBroadcast", provider, "provider", broadcast=wish, key=new_id())
        for move in ("Start", "Pause", "Resume", "Cancel"):
            id_ = made["broadcast"]["id"]
            await self.step(f"{move}Broadcast", provider, "provider", broadcastId=id_, key=new_id())
        await self.step("Broadcasts", provider, "provider")
        await self.step("Broadcast", provider, "provider", broadcastId=made["broadcast"]["id"])

    async def _has_rights(self, person: Person) -> None:
        await self.step("RequestDataExport", person.token, key=new_id())
        await self.step("DataExports", person.token)
        wish = {"field": "PHOTO", "wanted": "a newer one", "reason": "because", "key": new_id()}
        made = (await self.step("RequestCorrection", person.token, **wish))["correction"]["id"]
        await self.step("Corrections", person.token)
        await self.step("WithdrawCorrection", person.token, correctionId=made, key=new_id())
        await self.step("RequestErasure", person.token, key=new_id())
        await self.step("Erasure", person.token)
        await self.step("WithdrawErasure", person.token, key=new_id())

    async def _is_called_back(self, provider: str) -> None:
        wish = {"url": "https://receiver.test/hook", "events": ["DISCLOSURE_MADE"], "key": new_id()}
        made = (await self.step("RegisterWebhook", provider, "provider", **wish))["endpoint"]["id"]
        await self.step("ChangeWebhook", provider, "provider", endpointId=made, description="mine", key=new_id())
        for operation in ("RotateWebhookSecret", "PauseWebhook", "ResumeWebhook"):
            await self.step(operation, provider, "provider", endpointId=made, key=new_id())
        ping = await self.step("PingWebhook", provider, "provider", endpointId=made, key=new_id())
        await self._api.city.courier.round()
        await self._api.city.courier.finish()
        again = {"deliveryId": ping["delivery"]["id"], "key": new_id()}
        await self.step("ReplayWebhookDelivery", provider, "provider", **again)
        since = {"endpointId": made, "since": "2026-01-01T00:00:00Z", "key": new_id()}
        await self.step("ReplayWebhook", provider, "provider", **since)
        await self.step("WebhookEndpoints", provider, "provider")
        await self.step("WebhookDeliveries", provider, "provider", endpointId=made)
        await self.step("RemoveWebhook", provider, "provider", endpointId=made, key=new_id())

    async def _applies_and_tries(self) -> None:
        made = await self.step("ApplyAsProvider", None, "provider", application=application(), key=new_id())
        mine = {"number": made["number"], "secret": made["secret"]}
        await self.step("Application", None, "provider", **mine)
        await self.step("WithdrawApplication", None, "provider", **mine, key=new_id())
        trying = await self._api.provider_in_test_mode()
        (one,) = (await self.step("MakeTestCitizens", trying, "provider", count=1, key=new_id()))["testCitizens"]
        await self.step("TestCitizens", trying, "provider")
        await self.step("ShowTestCode", trying, "provider", testCitizenId=one["id"], purpose="GATE", key=new_id())


@pytest.fixture(scope="session")
async def walked(shared_api: Api) -> dict[str, list[str]]:
    return await Journey(shared_api).walk()


def test_every_operation_is_in_the_table() -> None:
    assert {f"{o.schema}.{o.name}" for o in all_operations() if not o.is_subscription} == MOST.keys()


@pytest.mark.parametrize("operation", MOST)
def test_an_operation_sends_no_more_commands_than_measured(walked: dict[str, list[str]], operation: str) -> None:
    assert len(walked[operation]) <= MOST[operation], walked[operation]


async def test_twenty_rows_cost_no_more_than_one(shared_api: Api) -> None:
    person, organisation = await shared_api.with_card(), await shared_api.organisation()
    provider = await shared_api.provider(organisation)
    await looked_up(shared_api, person, provider)
    await shared_api.ward(person)
    await shared_api.told(person)
    lists = (("Disclosures", person.token, "citizen"), ("Inbox", person.token, "citizen"))
    lists += (("Verifications", provider, "provider"), ("Wards", person.token, "citizen"))
    of_one = [len((await sent(shared_api, *one))[0]) for one in lists]
    await looked_up(shared_api, person, provider, 19)
    for _ in range(3):
        await shared_api.ward(person)
    await shared_api.told(person)
    of_many = [(await sent(shared_api, *one)) for one in lists]
    assert [len(log) for log, _ in of_many] == of_one
    rows = [
        len(found["edges"]) if isinstance(found, dict) else len(found)
        for _, found in of_many
        if not isinstance(found, int)
    ]
    assert min(rows) >= 4

"""How many commands each operation sends to the database: more than the table says fails, and rows cost nothing."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from pymongo.errors import OperationFailure

from app.core.ids import new_id
from app.core.mongo import command_log
from tests.graphql.test_disclosures import looked_up
from tests.graphql.test_templates import both_languages
from tests.support.answers import answer_said
from tests.support.api import OPS, Api, Person
from tests.support.applicants import application
from tests.support.applying import SCOPES, citizen_walk
from tests.support.bill_walk import BillWalk
from tests.support.bookings import Times, block, booked, offer_to, times_of
from tests.support.cases import categorised, replied_to, written
from tests.support.cases import filed as filed_case
from tests.support.catalogue import code, town
from tests.support.catalogue import said as item_said
from tests.support.clinics import clinic_of
from tests.support.community_access import MOST_OF_COMMUNITY
from tests.support.conversation_walk import ConversationWalk
from tests.support.credit_walk import CreditWalk
from tests.support.culture_walk import CultureWalk
from tests.support.estates import EstateWalk
from tests.support.family_visits import FamilyVisitWalk
from tests.support.giving import GivingWalk
from tests.support.halls import Hall, booked_now, hall_of
from tests.support.health import HealthWalk
from tests.support.home_walk import HomeWalk
from tests.support.life_access import MOST_OF_LIFE
from tests.support.operations import all_operations
from tests.support.payment_access import MOST_OF_PAYMENT
from tests.support.place_walk import PlaceWalk
from tests.support.public import PublicWalk
from tests.support.putting_right import PuttingRightWalk
from tests.support.scans import scans_forbidden
from tests.support.seats import SeatWalk
from tests.support.settling_walk import SettlingWalk
from tests.support.shared_data import FIELDS, offer_of, set_code, until, verified_by, wanted
from tests.support.street import StreetWalk
from tests.support.surroundings_walk import SurroundingsWalk
from tests.support.tills_walk import TillWalk
from tests.support.together_walk import TogetherWalk
from tests.support.transit_walk import TransitWalk
from tests.support.units import UnitWalk
from tests.support.volunteering import VolunteerWalk
from tests.support.wallet_walk import WalletWalk
from tests.telling.words import approved
from virtual_card.licences.model import Order

# Measured; a transaction's commit counts as one, and so does the first look at a person's key.
MOST = {
    **MOST_OF_PAYMENT,
    **MOST_OF_LIFE,
    **MOST_OF_COMMUNITY,
    "citizen.AcceptGuardian": 8,
    "citizen.AcceptOffer": 11,
    "citizen.AddWard": 16,
    "citizen.Answer": 1,
    "citizen.AnswerCorrection": 11,
    "citizen.AnswerSurvey": 11,
    "citizen.AppealBlock": 7,
    "citizen.AppealModeration": 8,
    "citizen.ApplicationForm": 4,
    "citizen.AppointmentSlots": 2,
    "citizen.Ask": 5,
    "citizen.AskSession": 1,
    "citizen.Asset": 2,
    "citizen.AssetsNear": 1,
    "citizen.BeginApplication": 10,
    "citizen.BookableServices": 1,
    "citizen.BookingStanding": 2,
    "citizen.CalendarFeed": 1,
    "citizen.CancelBooking": 13,
    "citizen.Card": 1,
    "citizen.CardHistory": 1,
    "citizen.Case": 2,
    "citizen.CaseByReceipt": 5,
    "citizen.CaseCategories": 0,
    "citizen.CaseClock": 1,
    "citizen.ChangeNotificationPreferences": 6,
    "citizen.CheckMaterials": 2,
    "citizen.ChooseNickname": 10,
    "citizen.CityIndicators": 2,
    "citizen.CloseThread": 7,
    "citizen.CommentOnCase": 10,
    "citizen.ConfirmBooking": 11,
    "citizen.ConfirmMessages": 5,
    "citizen.Consents": 1,
    "citizen.Corrections": 1,
    "citizen.DataExports": 1,
    "citizen.DataSets": 2,
    "citizen.DeclineOffer": 11,
    "citizen.DepartmentDoctors": 3,
    "citizen.Devices": 1,
    "citizen.DiscardDraft": 5,
    "citizen.Disclosures": 1,
    "citizen.DisputeDisclosure": 7,
    "citizen.DropUpload": 10,
    "citizen.EndFamilyDoctor": 9,
    "citizen.Erasure": 1,
    "citizen.FamilyDoctorTeams": 2,
    "citizen.FileCase": 13,
    "citizen.FollowedThreads": 3,
    "citizen.FollowThread": 9,
    "citizen.GiveConsent": 8,
    "citizen.Guardians": 2,
    "citizen.HandInProposal": 11,
    "citizen.HandOverAsk": 7,
    "citizen.HoldSlot": 14,
    "citizen.HospitalDepartments": 1,
    "citizen.Inbox": 2,
    "citizen.IssueCard": 12,
    "citizen.JoinWaitingList": 6,
    "citizen.LeaveQueue": 11,
    "citizen.LeaveWaitingList": 5,
    "citizen.Licence": 1,
    "citizen.Licences": 1,
    "citizen.MakeCalendarFeed": 6,
    "citizen.MarkAllMessagesRead": 4,
    "citizen.MarkMessageRead": 5,
    "citizen.MaterialCheck": 3,
    "citizen.Me": 1,
    "citizen.ModerationFigures": 1,
    "citizen.MoveBooking": 21,
    "citizen.MoveDraft": 8,
    "citizen.MyBookings": 1,
    "citizen.MyCases": 1,
    "citizen.MyFamilyDoctor": 2,
    "citizen.MyModerations": 1,
    "citizen.MyProposals": 1,
    "citizen.MyThreads": 1,
    "citizen.MyTickets": 6,
    "citizen.Node": 1,
    "citizen.NotificationPreferences": 1,
    "citizen.OpenThread": 14,
    "citizen.PreviewPublication": 2,
    "citizen.Proposal": 2,
    "citizen.Proposals": 2,
    "citizen.PublicCase": 3,
    "citizen.PublicCases": 2,
    "citizen.PublicCasesNear": 2,
    "citizen.PublishCase": 10,
    "citizen.QueueBoard": 10,
    "citizen.RateAnswer": 11,
    "citizen.RateCase": 11,
    "citizen.RateCaseByReceipt": 14,
    "citizen.RateJoinedCase": 13,
    "citizen.RefreshSession": 5,
    "citizen.RegisterPushToken": 2,
    "citizen.ReinstateCard": 7,
    "citizen.ReplyInThread": 13,
    "citizen.ReportAbuse": 15,
    "citizen.ReportCardLoss": 7,
    "citizen.RequestCorrection": 9,
    "citizen.RequestDataExport": 8,
    "citizen.RequestErasure": 17,
    "citizen.RequestOtp": 9,
    "citizen.RequestUpload": 7,
    "citizen.ReturnToQueue": 8,
    "citizen.RevokeCalendarFeed": 5,
    "citizen.RevokeGuardianship": 9,
    "citizen.SaveDraft": 7,
    "citizen.SaveProposal": 10,
    "citizen.SearchServices": 3,
    "citizen.ServiceApplication": 2,
    "citizen.ServiceApplications": 1,
    "citizen.ServiceCategories": 1,
    "citizen.ServiceItem": 2,
    "citizen.ServiceItems": 2,
    "citizen.ServiceOffers": 1,
    "citizen.ShowCode": 9,
    "citizen.ShowLicence": 10,
    "citizen.ShowOfflineCode": 8,
    "citizen.SignFamilyDoctor": 10,
    "citizen.SignIn": 15,
    "citizen.SignOut": 5,
    "citizen.SimilarCases": 3,
    "citizen.SubmitApplication": 15,
    "citizen.SuggestServices": 0,
    "citizen.SupportProposal": 15,
    "citizen.Survey": 3,
    "citizen.Surveys": 1,
    "citizen.TakeBackSupport": 7,
    "citizen.TakeNumber": 11,
    "citizen.Thread": 2,
    "citizen.ThreadPosts": 3,
    "citizen.Threads": 2,
    "citizen.TieCase": 15,
    "citizen.TiedCases": 3,
    "citizen.TiesToCases": 3,
    "citizen.UnpublishCase": 10,
    "citizen.UntieCase": 8,
    "citizen.Upload": 1,
    "citizen.Venues": 1,
    "citizen.VerifyIdentity": 16,
    "citizen.WaitingPlaces": 2,
    "citizen.Wards": 2,
    "citizen.WhyDidIGetThis": 2,
    "citizen.WithdrawCase": 9,
    "citizen.WithdrawConsent": 7,
    "citizen.WithdrawCorrection": 6,
    "citizen.WithdrawErasure": 7,
    "citizen.WithdrawProposal": 7,
    "citizen.WithdrawServiceApplication": 7,
    "provider.AcceptApplication": 8,
    "provider.AcceptCase": 11,
    "provider.AddressedThreads": 1,
    "provider.AnswerCase": 13,
    "provider.AnswerDataAccess": 7,
    "provider.Answers": 2,
    "provider.AnswerVersions": 2,
    "provider.Application": 1,
    "provider.ApplicationsToHandle": 1,
    "provider.ApplicationToHandle": 2,
    "provider.ApplyAsProvider": 9,
    "provider.ApproveCaseRequest": 10,
    "provider.ArriveAtCase": 8,
    "provider.AskCorrection": 9,
    "provider.AskReporter": 8,
    "provider.AssignCase": 13,
    "provider.BeginReview": 8,
    "provider.Broadcast": 1,
    "provider.Broadcasts": 1,
    "provider.CallBack": 12,
    "provider.CallNext": 11,
    "provider.CancelBroadcast": 6,
    "provider.CancelForCause": 12,
    "provider.CancelServiceItem": 8,
    "provider.CaseAtCentre": 2,
    "provider.CaseEscalations": 1,
    "provider.CaseFindings": 1,
    "provider.CaseHotSpots": 1,
    "provider.CaseIndicators": 2,
    "provider.CaseMap": 1,
    "provider.CasesAtCentre": 2,
    "provider.CentreBoard": 6,
    "provider.CentreIndicators": 2,
    "provider.ChangeDay": 9,
    "provider.ChangeStaffPassword": 16,
    "provider.ChangeWebhook": 8,
    "provider.CheckIn": 32,
    "provider.ClaimApplication": 7,
    "provider.ClaimCase": 8,
    "provider.CloseCounter": 9,
    "provider.CloseTopic": 8,
    "provider.CorrectCase": 9,
    "provider.CreateBroadcast": 6,
    "provider.DataAccesses": 1,
    "provider.DataSets": 1,
    "provider.DecideApplication": 8,
    "provider.DeclineCaseRequest": 8,
    "provider.DelegateServiceItem": 15,
    "provider.DeliverApplication": 8,
    "provider.DispatchCase": 9,
    "provider.DispatchProposal": 2,
    "provider.DrawNumber": 26,
    "provider.DropUpload": 10,
    "provider.EndCaseTask": 8,
    "provider.EndFamilyDoctorContract": 9,
    "provider.EndRound": 7,
    "provider.EndSurvey": 7,
    "provider.EstimateBroadcast": 1,
    "provider.ExtendApplication": 8,
    "provider.FamilyDoctorContracts": 3,
    "provider.FamilyDoctorTeams": 1,
    "provider.FetchSharedData": 16,
    "provider.FileCaseForCaller": 12,
    "provider.FinishCase": 8,
    "provider.GridCases": 3,
    "provider.HandOverCase": 9,
    "provider.HeldSurveys": 1,
    "provider.KeptAssets": 1,
    "provider.KnownAnswersTo": 2,
    "provider.MakeTestCitizens": 20,
    "provider.MarkAbsent": 11,
    "provider.MarkServed": 10,
    "provider.Me": 0,
    "provider.MergeCase": 16,
    "provider.MergeServiceItem": 12,
    "provider.MessageTemplate": 1,
    "provider.MessageTemplates": 1,
    "provider.MoveCase": 8,
    "provider.MyPatrols": 1,
    "provider.MyRounds": 1,
    "provider.NoteCase": 8,
    "provider.NoteCaseEscalation": 7,
    "provider.Notice": 2,
    "provider.Notices": 1,
    "provider.OfferDataSet": 6,
    "provider.OfferServiceItem": 9,
    "provider.OpenApplication": 12,
    "provider.OpenCaseAtCentre": 8,
    "provider.OpenCounter": 9,
    "provider.OpenTopic": 6,
    "provider.OpenUnitCase": 6,
    "provider.OverdueAnswers": 1,
    "provider.OwedProposals": 1,
    "provider.Patrols": 1,
    "provider.PauseBroadcast": 6,
    "provider.PauseWebhook": 8,
    "provider.PingWebhook": 8,
    "provider.PinThread": 7,
    "provider.PreviewDayChange": 4,
    "provider.PreviewPublication": 3,
    "provider.PublishAnswer": 9,
    "provider.PublishReportedCase": 9,
    "provider.PublishServiceItem": 8,
    "provider.PublishSurvey": 8,
    "provider.PutBack": 8,
    "provider.QueueBoard": 13,
    "provider.QueueTickets": 2,
    "provider.Recall": 10,
    "provider.RefreshStaffSession": 4,
    "provider.RefuseApplication": 8,
    "provider.RefuseCase": 13,
    "provider.RegisterWebhook": 9,
    "provider.ReleaseApplication": 7,
    "provider.RemoveWebhook": 8,
    "provider.ReplayWebhook": 8,
    "provider.ReplayWebhookDelivery": 9,
    "provider.ReplyOfficially": 9,
    "provider.ReplyToCase": 8,
    "provider.ReplyToProposal": 9,
    "provider.ReportFromField": 21,
    "provider.RequestDataAccess": 6,
    "provider.RequestOfCentre": 9,
    "provider.RequestUpload": 9,
    "provider.RestoreDay": 9,
    "provider.ResumeBroadcast": 6,
    "provider.ResumeCase": 8,
    "provider.ResumeWebhook": 11,
    "provider.RetireAsset": 6,
    "provider.ReviewAnswer": 8,
    "provider.RotateWebhookSecret": 6,
    "provider.SaveAnswer": 9,
    "provider.SaveAsset": 7,
    "provider.SaveFamilyDoctorTeam": 5,
    "provider.SaveMessageTemplate": 7,
    "provider.SavePatrol": 7,
    "provider.SaveQueue": 5,
    "provider.SaveSchedule": 11,
    "provider.SaveServiceItem": 8,
    "provider.SaveSurvey": 5,
    "provider.SaveVenue": 5,
    "provider.SaveVenueResource": 5,
    "provider.SaveVenueService": 5,
    "provider.SendNotice": 15,
    "provider.ServiceCounters": 1,
    "provider.ServiceItems": 1,
    "provider.ServiceItemVersions": 1,
    "provider.SetQueueOpen": 7,
    "provider.SetSlotsClosed": 6,
    "provider.SettleFinding": 6,
    "provider.ShowTestCode": 10,
    "provider.SignInStaff": 16,
    "provider.SignOut": 5,
    "provider.SimilarToCase": 5,
    "provider.SplitCase": 14,
    "provider.StartBroadcast": 8,
    "provider.StartRound": 10,
    "provider.SubmitMessageTemplate": 6,
    "provider.SuperviseCase": 8,
    "provider.SurveySheet": 3,
    "provider.TestCitizens": 1,
    "provider.ThreadPosts": 3,
    "provider.TransferCase": 12,
    "provider.TransferToCounter": 11,
    "provider.TransferToQueue": 13,
    "provider.UnansweredThreads": 2,
    "provider.UnitCase": 2,
    "provider.UnitCases": 2,
    "provider.UnitOffers": 1,
    "provider.UnpublishCase": 13,
    "provider.Upload": 2,
    "provider.VenueBookings": 1,
    "provider.Venues": 0,
    "provider.VenueSchedule": 1,
    "provider.VenueSlots": 1,
    "provider.Verifications": 1,
    "provider.VerifyCase": 11,
    "provider.VerifyCode": 10,
    "provider.VerifyLicence": 10,
    "provider.VisitPoint": 7,
    "provider.WebhookDeliveries": 2,
    "provider.WebhookEndpoints": 1,
    "provider.WithdrawAnswer": 9,
    "provider.WithdrawApplication": 9,
    "provider.WithdrawDataSet": 6,
    "provider.WithdrawMessageTemplate": 6,
    "provider.WithdrawNotice": 6,
    "provider.WithdrawOffer": 8,
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
    """Every operation once, each with success and without a query that no index serves."""

    def __init__(self, api: Api) -> None:
        self._api = api
        self.commands: dict[str, list[str]] = {}

    async def step(self, operation: str, token: str | None = None, schema: str = "citizen", /, **given: Any) -> Any:
        async with scans_forbidden(self._api):
            log, result = await sent(self._api, operation, token, schema, **given)
        self.commands[f"{schema}.{operation}"] = log
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
        await self._counts(provider)
        await self._applies_and_tries()
        await self._writes_templates()
        await self._is_called_back(provider)
        await self._writes_to(person)
        await self._has_rights(person)
        await self._hands_in(person)
        await self._publishes(person)
        await self._answers(person)
        await self._applies(person)
        await self._shares(person)
        await self._reports(person)
        await self._books()
        await self._stands_in_queues()
        await PublicWalk(self._api, self.step).walk(person)
        await SeatWalk(self._api, self.step).walk()
        await UnitWalk(self._api, self.step).walk()
        await StreetWalk(self._api, self.step).walk()
        await ConversationWalk(self._api, self.step).walk()
        await HealthWalk(self._api, self.step).walk()
        await CreditWalk(self._api, self.step).walk()
        await BillWalk(self._api, self.step).walk()
        await SettlingWalk(self._api, self.step).walk()
        await PuttingRightWalk(self._api, self.step).walk(await self._api.with_card())
        await GivingWalk(self._api, self.step).walk()
        await WalletWalk(self._api, self.step).walk()
        await TillWalk(self._api, self.step).walk()
        await VolunteerWalk(self._api, self.step).walk()
        await CultureWalk(self._api, self.step).walk()
        await HomeWalk(self._api, self.step).walk(person)
        await EstateWalk(self._api, self.step).walk()
        await TogetherWalk(self._api, self.step).walk()
        await FamilyVisitWalk(self._api, self.step).walk()
        await PlaceWalk(self._api, self.step).walk(person)
        await TransitWalk(self._api, self.step).walk(person)
        await SurroundingsWalk(self._api, self.step).walk(person)
        await self.step("SignOut", person.token)
        return self.commands

    async def _reports(self, person: Person) -> None:
        await categorised(self._api.city)
        await self.step("CaseCategories", person.token)
        case = (await self.step("FileCase", person.token, input=written(), key=new_id()))["case"]
        await self.step("MyCases", person.token, open=True)
        await self.step("Case", person.token, caseId=case["id"])
        await self.step("CaseClock", person.token, caseId=case["id"])
        await self.step("CommentOnCase", person.token, caseId=case["id"], text="还是不亮", uploadIds=[], key=new_id())
        await self.step("WithdrawCase", person.token, caseId=case["id"], key=new_id())
        rated = (await filed_case(self._api, person))["case"]["id"]
        await replied_to(self._api.city, rated)
        await self.step("RateCase", person.token, caseId=rated, rating={"solved": True, "grade": 5}, key=new_id())
        hidden = await filed_case(self._api, person, identity="ANONYMOUS")
        await replied_to(self._api.city, hidden["case"]["id"])
        opened = {"number": hidden["case"]["number"], "receipt": hidden["receipt"]}
        await self.step("CaseByReceipt", **opened)
        await self.step("RateCaseByReceipt", **opened, rating={"solved": True, "grade": 5}, key=new_id())

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
        await self._shows_a_licence(person, provider)
        return str(made["id"])

    async def _shows_a_licence(self, person: Person, provider: str) -> None:
        order = Order(self._api.key(person), "driving_licence", "350100-gaj", {"class": "C1"})
        await self._api.city.services.licences.issue_at_desk(OPS, order, new_id())
        (licence,) = await self.step("Licences", person.token)
        await self.step("Licence", person.token, id=licence["id"])
        wish = {"id": licence["id"], "purpose": "INSPECTION", "key": new_id()}
        code = (await self.step("ShowLicence", person.token, **wish))["licenceCode"]["text"]
        given = {"code": code, "purpose": "INSPECTION", "key": new_id()}
        await self.step("VerifyLicence", provider, "provider", **given)

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

    async def _counts(self, provider: str) -> None:
        await self.step("CityIndicators", None, months=12)
        for operation in ("CaseIndicators", "CentreIndicators"):
            await self.step(operation, provider, "provider", first="2025-12", last="2026-11", by="KIND")
        await self.step("CaseHotSpots", provider, "provider")

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
        await self.step("Payments", person.token)
        await self.step("RequestErasure", person.token, key=new_id())
        await self.step("Erasure", person.token)
        await self.step("WithdrawErasure", person.token, key=new_id())

    async def _hands_in(self, person: Person) -> None:
        wish = {"purpose": "APPLICATION", "name": "photo.jpg", "bytes": 9, "key": new_id()}
        upload = (await self.step("RequestUpload", person.token, **wish))["upload"]["id"]
        await self.step("Upload", person.token, id=upload)
        await self.step("DropUpload", person.token, id=upload, key=new_id())

    async def _answers(self, person: Person) -> None:
        office, name = await self._api.provider(await self._api.organisation()), f"T-{new_id()[-12:].upper()}"
        content = answer_said(name, questions=["怎么给校车年检"], handOver="CASE")
        await self.step("SaveAnswer", office, "provider", answer=content, key=new_id())
        await self.step("PublishAnswer", office, "provider", code=name, key=new_id())
        await self.step("ReviewAnswer", office, "provider", code=name, key=new_id())
        for operation in ("Answers", "OverdueAnswers"):
            await self.step(operation, office, "provider")
        await self.step("AnswerVersions", office, "provider", code=name)
        await self._api.data("Ask", person.token, question="第一问", key=new_id())
        await self._api.city.services.government.knowledge.settled()
        thread = (await self.step("Ask", person.token, question="怎么给校车年检", key=new_id()))["session"]["id"]
        await self.step("AskSession", person.token, id=thread)
        await self.step("Answer", person.token, code=name)
        said = {"code": name, "version": 1, "helpful": False, "complaint": "UNCLEAR", "session": thread}
        await self.step("RateAnswer", person.token, **said, key=new_id())
        await self.step("HandOverAsk", person.token, session=thread, to="CASE", key=new_id())
        await self.step("WithdrawAnswer", office, "provider", code=name, reason="a test", key=new_id())

    async def _publishes(self, person: Person) -> None:
        place, old, new = await town(self._api.city), code(), code()
        office = await self._api.provider(place.department)
        for name in (old, new):
            await self.step("SaveServiceItem", office, "provider", item=item_said(name), key=new_id())
            await self.step("PublishServiceItem", office, "provider", code=name, key=new_id())
        given = {"code": old, "units": list(place.townships)}
        await self.step("OfferServiceItem", office, "provider", **given, key=new_id())
        for operation, more in (
            ("ServiceItem", {"code": old, "division": place.county}),
            ("ServiceItems", {"division": place.county}),
            ("SearchServices", {"query": "test item", "division": place.county}),
            ("SuggestServices", {"prefix": "te"}),
            ("ServiceCategories", {}),
            ("ServiceOffers", {"code": old}),
        ):
            await self.step(operation, person.token, **more)
        await self.step("ServiceItems", office, "provider")
        await self.step("ServiceItemVersions", office, "provider", code=old)
        await self.step("UnitOffers", office, "provider", unit=place.townships[0])
        await self.step("WithdrawOffer", office, "provider", code=old, units=[place.townships[0]], key=new_id())
        moved = {"code": old, "giver": "TOWNSHIP", "taker": "COUNTY", "reason": "too much for them"}
        await self.step("DelegateServiceItem", office, "provider", **moved, key=new_id())
        await self.step(
            "MergeServiceItem", office, "provider", code=old, into=new, reason="one is enough", key=new_id()
        )
        await self.step("CancelServiceItem", office, "provider", code=new, reason="done", key=new_id())

    async def _shares(self, person: Person) -> None:
        offering, asking = [await self._api.provider(await self._api.organisation()) for _ in range(2)]
        name, fields = set_code(), list(FIELDS)
        await self.step("OfferDataSet", offering, "provider", dataSet=offer_of(name), key=new_id())
        await self.step("DataSets", offering, "provider")
        wish = wanted(self._api, name)
        asked = await self.step("RequestDataAccess", asking, "provider", access=wish, key=new_id())
        said = {"accessId": asked["dataAccess"]["id"], "state": "GRANTED", "answer": "同意"}
        await self.step("AnswerDataAccess", offering, "provider", **said, key=new_id())
        await self.step("DataAccesses", offering, "provider", ofMine=True)
        await self.step("DataSets", person.token)
        what = {"dataSet": name, "fields": fields, "purpose": wish["purpose"]}
        consent = {**what, "organisation": asked["dataAccess"]["organisation"]["code"], "until": until(self._api)}
        given = await self.step("GiveConsent", person.token, consent=consent, key=new_id())
        await self.step("Consents", person.token)
        seen = {"verification": await verified_by(self._api, asking, person)}
        await self.step("FetchSharedData", asking, "provider", subject=seen, **what, key=new_id())
        await self.step("WithdrawConsent", person.token, consentId=given["consent"]["id"], key=new_id())
        await self.step("WithdrawDataSet", offering, "provider", code=name, key=new_id())

    async def _books(self) -> None:
        person, times = await self._api.verified(), await times_of(self._api)
        hall, service = times.hall, times.hall.service
        await self.step("Venues", person.token)
        await self.step("BookableServices", person.token, venueId=hall.venue)
        await self.step("AppointmentSlots", person.token, serviceId=service, first=times.day, last=times.day)
        made = await self.step("HoldSlot", person.token, **times.hold())
        booking = {"bookingId": made["booking"]["id"]}
        await self.step("ConfirmBooking", person.token, **booking, key=new_id())
        await self.step("MoveBooking", person.token, **booking, slotId=times.slots[3]["id"], key=new_id())
        await self.step("MyBookings", person.token)
        await self.step("CancelBooking", person.token, **booking, key=new_id())
        await self.step("BookingStanding", person.token)
        await self.step("MakeCalendarFeed", person.token, detail="PLAIN", key=new_id())
        await self.step("CalendarFeed", person.token)
        await self.step("RevokeCalendarFeed", person.token, key=new_id())
        await self._waits(person, times)
        await self._appeals(person)
        await self._keeps_a_venue(hall, times)

    async def _waits(self, person: Person, times: Times) -> None:
        wish = {"serviceId": times.hall.service, "first": times.day, "last": times.day}
        joined = await self.step("JoinWaitingList", person.token, wish=wish, key=new_id())
        await self.step("WaitingPlaces", person.token)
        place = {"placeId": joined["place"]["id"], "key": new_id()}
        await self.step("LeaveWaitingList", person.token, **place)
        for n, answer in enumerate(("AcceptOffer", "DeclineOffer")):
            offered = await offer_to(self._api, await self._api.verified(), times, n)
            await self.step(answer, offered.token, bookingId=offered.booking, key=new_id())

    async def _appeals(self, person: Person) -> None:
        await block(self._api, person)
        await self.step("AppealBlock", person.token, reason="I was ill", key=new_id())

    async def _keeps_a_venue(self, hall: Hall, times: Times) -> None:
        place, said = {"latitude": 26.0, "longitude": 119.0}, {"zh": "厅"}
        venue = {"code": "kept", "kind": "HALL", "name": said, "address": said, "place": place}
        await self.step("SaveVenue", hall.token, "provider", venue=venue, key=new_id())
        counter = {"code": "kept-1", "venueId": hall.venue, "kind": "COUNTER", "name": said}
        kept = await self.step("SaveVenueResource", hall.token, "provider", resource=counter, key=new_id())
        resource = kept["resource"]["id"]
        service = {"code": "kept-s", "venueId": hall.venue, "name": said, "resourceIds": [resource]}
        await self.step("SaveVenueService", hall.token, "provider", service=service, key=new_id())
        window = {"weekday": 1, "opens": "09:00", "closes": "10:00", "minutes": 30}
        week = {"resourceId": resource, "windows": [window]}
        await self.step("SaveSchedule", hall.token, "provider", schedule=week, key=new_id())
        await self.step("VenueSchedule", hall.token, "provider", resourceId=resource)
        await self.step("Venues", hall.token, "provider")
        of_day = {"venueId": hall.venue, "day": times.day}
        await self.step("VenueBookings", hall.token, "provider", **of_day)
        days = {"resourceId": hall.windows[0], "first": times.day, "last": times.day}
        await self.step("VenueSlots", hall.token, "provider", **days)
        closed = {"slotIds": [times.slots[9]["id"]], "closed": True}
        await self.step("SetSlotsClosed", hall.token, "provider", **closed, key=new_id())
        made = (await booked(self._api, await self._api.verified(), times, 7))["id"]
        cause = {"bookingId": made, "reason": "停电", "key": new_id()}
        await self.step("CancelForCause", hall.token, "provider", **cause)
        change = {"scopeId": resource, "day": times.day, "windows": []}
        await self.step("PreviewDayChange", hall.token, "provider", change=change)
        await self.step("ChangeDay", hall.token, "provider", change=change, key=new_id())
        await self.step("RestoreDay", hall.token, "provider", scopeId=resource, day=times.day, key=new_id())

    async def _stands_in_queues(self) -> None:
        hall, person = await hall_of(self._api), await self._api.with_card()
        await self.step("QueueBoard", person.token, venueId=hall.venue)
        taken = await self.step("TakeNumber", person.token, queueId=hall.queue, key=new_id())
        ticket = {"ticketId": taken["ticket"]["id"]}
        await self.step("MyTickets", person.token)
        await self._works_at_a_counter(hall)
        await self.step("ReturnToQueue", person.token, **ticket, key=new_id())
        await self.step("LeaveQueue", person.token, **ticket, key=new_id())
        await self.step("FamilyDoctorTeams", person.token, venueId=hall.venue)
        clinic = await clinic_of(self._api)
        await self.step("HospitalDepartments", person.token, venueId=clinic.venue)
        await self.step("DepartmentDoctors", person.token, venueId=clinic.venue, department="内科", first=20)
        signed = await self.step("SignFamilyDoctor", person.token, teamId=hall.team, key=new_id())
        await self.step("MyFamilyDoctor", person.token)
        await self._looks_after(hall)
        await self.step("EndFamilyDoctor", person.token, key=new_id())
        again = await self._api.data("SignFamilyDoctor", person.token, teamId=hall.team, key=new_id())
        assert again["contract"]["id"] != signed["contract"]["id"]
        end = {"contractId": again["contract"]["id"], "key": new_id()}
        await self.step("EndFamilyDoctorContract", hall.token, "provider", **end)
        await self._arrives(hall)

    async def _works_at_a_counter(self, hall: Hall) -> None:
        queue = {"venueId": hall.venue, "letter": "C", "name": {"zh": "丙"}}
        await self.step("SaveQueue", hall.token, "provider", queue=queue, key=new_id())
        await self.step("SetQueueOpen", hall.token, "provider", queueId=hall.queue, open=True, key=new_id())
        await self.step("OpenCounter", hall.token, "provider", **hall.given(queueIds=[hall.queue]))
        await self.step("CallNext", hall.token, "provider", **hall.given())
        await self.step("Recall", hall.token, "provider", **hall.given())
        absent = await self.step("MarkAbsent", hall.token, "provider", **hall.given())
        drawn = [await self._drawn(hall) for _ in range(4)]
        await self._api.data("CallNext", hall.token, "provider", **hall.given())
        await self.step("MarkServed", hall.token, "provider", **hall.given())
        await self._api.data("CallNext", hall.token, "provider", **hall.given())
        await self.step("TransferToQueue", hall.token, "provider", **hall.given(queueId=hall.other_queue))
        other = {"resourceId": hall.windows[1], "queueIds": [hall.queue, hall.other_queue], "key": new_id()}
        await self._api.data("OpenCounter", hall.token, "provider", **other)
        await self._api.data("CallNext", hall.token, "provider", **hall.given())
        await self.step("TransferToCounter", hall.token, "provider", **hall.given(toResourceId=hall.windows[1]))
        await self._api.data("CallNext", hall.token, "provider", **hall.given())
        missed = await self._api.data("MarkAbsent", hall.token, "provider", **hall.given())
        await self.step("PutBack", hall.token, "provider", ticketId=missed["ticket"]["id"], key=new_id())
        await self.step("CloseCounter", hall.token, "provider", **hall.given())
        assert absent["ticket"]["id"] not in {one["ticket"]["id"] for one in drawn}
        await self.step("QueueBoard", hall.token, "provider", venueId=hall.venue)
        await self.step("QueueTickets", hall.token, "provider", queueId=hall.queue)
        await self.step("ServiceCounters", hall.token, "provider", venueId=hall.venue)

    async def _drawn(self, hall: Hall) -> Any:
        person = await self._api.with_card()
        drawing = {"queueId": hall.queue, "code": await self._api.code(person), "key": new_id()}
        return await self.step("DrawNumber", hall.token, "provider", **drawing)

    async def _looks_after(self, hall: Hall) -> None:
        team = {"venueId": hall.venue, "code": "two", "name": {"zh": "二组"}, "doctorIds": [hall.windows[0]]}
        await self.step("SaveFamilyDoctorTeam", hall.token, "provider", team=team, key=new_id())
        await self.step("FamilyDoctorTeams", hall.token, "provider", venueId=hall.venue)
        await self.step("FamilyDoctorContracts", hall.token, "provider", teamId=hall.team)

    async def _arrives(self, hall: Hall) -> None:
        person = await self._api.with_card()
        await booked_now(self._api, person, hall)
        given = {"venueId": hall.venue, "code": await self._api.code(person), "key": new_id()}
        await self.step("CheckIn", hall.token, "provider", **given)

    async def _applies(self, person: Person) -> None:
        async def office(unit: str) -> str:
            return await self._api.provider(unit, tuple(SCOPES))

        await citizen_walk(self._api, self.step, person, office)

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


async def test_a_scan_would_have_failed(shared_api: Api) -> None:
    async with scans_forbidden(shared_api) as forbidden:
        if forbidden:
            with pytest.raises(OperationFailure, match="notablescan"):
                await shared_api.city.db["citizens"].find_one({"made_up": 1})


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

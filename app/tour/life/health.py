"""A family's health: a child's vaccination booked and certified, a doctor who accepts, a record read by leave."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import httpx2

from app.core.clock import CITY_TIME
from app.core.ids import new_id
from app.tour.journey import Journey, Step
from app.tour.payment.payer import Payer, Tour
from app.tour.phone import Phone, TourFailed, local
from mocks.city import PEOPLE

_FATHER, _HOSPITAL = "lin-xiaofeng", "mother-child-hospital"
_DAYS = 10


class Health(Tour):
    """Not the citizen of the tour, whom no hospital knows, but a father of the seeded city."""

    def __init__(self, payer: Payer) -> None:
        super().__init__(payer)
        self._father: Journey = payer.journey.another()
        self._child: Phone | None = None
        self._hospital = ""
        self._consent: dict[str, Any] = {}

    def steps(self) -> list[tuple[str, Step]]:
        return [
            ("a doctor is found by department, with what he asks and when he has time", self.find),
            ("a father books his child's vaccination", self.book),
            ("the child's certificate of vaccination is drawn up into its wallet", self.certify),
            ("a family doctor answers the proposal, and the contract is in force", self.sign),
            ("without consent a hospital reads nothing; with it, what was agreed to", self.let_read),
            ("each look stands in “who looked at my data”", self.looked),
            ("the consent is taken back, and the hospital reads nothing more", self.take_back),
        ]

    async def find(self) -> str:
        await self._come_in()
        father = self._father.phone
        for venue in (await father.read("Venues", kind="HOSPITAL"))["venues"]["venues"]:
            found = (await father.read("HospitalDepartments", venueId=venue["id"]))["hospitalDepartments"]
            for department in found[:1]:
                wish = {"venueId": venue["id"], "department": department["key"], "first": 5}
                edges = (await father.read("DepartmentDoctors", **wish))["departmentDoctors"]["edges"]
                if not edges:
                    raise TourFailed("a department without the doctors it counts")
                return f"{venue['name']}, {department['name']}: {_offered(edges[0]['node'])}"
        return "this small city has no hospital"

    async def book(self) -> str:
        child = self._of_child()
        venues = await self._points(child)
        if not venues:
            return "this small city has no vaccination point"
        services = (await child.read("BookableServices", venueId=venues[0]["id"]))["bookableServices"]
        today = datetime.now(CITY_TIME).date()
        days = {"first": (today + timedelta(days=1)).isoformat(), "last": (today + timedelta(days=_DAYS)).isoformat()}
        for service in services:
            found = await child.do("AppointmentSlots", "AppointmentSlots", serviceId=service["id"], **days)
            free = [one for one in found["slots"] if one["remaining"]]
            if free and not service["fee"]:
                return await self._booked(child, service["id"], free)
        return f"in {_DAYS} days no time is free (the points keep the holidays): nothing was booked"

    async def certify(self) -> str:
        made = await self._of_child().do("IssueVaccinationCertificate", "VaccinationCertificateIssued", key=new_id())
        facts = {one["key"]: one["value"] for one in made["licence"]["facts"]}
        return f"{facts['name']}: {facts['doses']} doses, the latest {facts['latest']}"

    async def sign(self) -> str:
        father, teams = self._father.phone, await self._teams()
        if not teams:
            return "this small city has no family doctors"
        if (await father.read("MyFamilyDoctor"))["myFamilyDoctor"]:
            await father.do("EndFamilyDoctor", "FamilyDoctorContractEnded", key=new_id())
        team = next(one for one in teams if one["answers"])
        package = team["packages"][0]
        wish = {"teamId": team["id"], "package": package["code"], "key": new_id()}
        asked = (await father.do("SignFamilyDoctor", "FamilyDoctorSigned", **wish))["contract"]
        given = {"contractId": asked["id"], "key": new_id()}
        taken = await self._provide("AcceptFamilyDoctorContract", "FamilyDoctorContractChanged", **given)
        contract = taken["contract"]
        states = f"{asked['state']}, then {contract['state']} until {contract['until']}"
        return f"{team['name']}, {package['name']}: {states}"

    async def let_read(self) -> str:
        refused = await self._fetched("HealthConsentMissing")
        until = (datetime.now(CITY_TIME) + timedelta(days=1)).isoformat()
        wish = {"organisation": _HOSPITAL, "kinds": ["OBSERVATIONS"], "until": until, "key": new_id()}
        given = await self._father.phone.do("AllowHealthRecord", "HealthRecordAllowed", **wish)
        self._consent = given["consent"]
        read = await self._fetched("HealthRecordRead")
        one = read["observations"][0]
        return f"{refused['message']} Then: {one['what']} {one['value']} {one['unit']}"

    async def looked(self) -> str:
        read = {"kinds": ["MEDICATIONS"], "key": new_id()}
        await self._father.phone.do("ReadHealthRecord", "HealthRecordRead", **read)
        edges = (await self._father.phone.read("Disclosures", first=5))["disclosures"]["edges"]
        seen = [one["node"] for one in edges if one["node"]["purpose"] in ("treatment", "health_record_own")]
        if len(seen) < 2:
            raise TourFailed("a look is missing in the ledger")
        return "; ".join(f"{one['organisation']['name']}: {', '.join(one['sharedData'])}" for one in seen[:2])

    async def take_back(self) -> str:
        gone = {"consentId": self._consent["id"], "key": new_id()}
        await self._father.phone.do("StopHealthRecord", "HealthRecordStopped", **gone)
        return str((await self._fetched("HealthConsentMissing"))["message"])

    async def _come_in(self) -> Phone:
        """The father signs in; the child's phone is his own, which names the child."""
        person = next(one for one in PEOPLE if one.key == _FATHER)
        if person.phone is None:
            raise TourFailed("the father has no phone")
        await self._father.sign_in_as(person.phone)
        wards = (await self._father.phone.read("Wards"))["wards"]
        ward = next((one["ward"]["id"] for one in wards if one["relation"] == "parent"), None)
        if ward is None:
            raise TourFailed("the seed made no guardianship over a child")
        base = str(self.payer.http.base_url)
        self._child = Phone(httpx2.AsyncClient(base_url=base, headers={"rong-subject": ward}, trust_env=False), base)
        self._child.token = self._father.phone.token
        return self._child

    def _of_child(self) -> Phone:
        if self._child is None:
            raise TourFailed("nobody acts for the child")
        return self._child

    async def _booked(self, child: Phone, service: str, free: list[dict[str, Any]]) -> str:
        held = await child.do("HoldSlot", "SlotHeld", serviceId=service, slotId=free[-1]["id"], key=new_id())
        booking = {"bookingId": held["booking"]["id"], "key": new_id()}
        done = (await child.do("ConfirmBooking", "BookingConfirmed", **booking))["booking"]
        mine = await self._bookings(child)
        if mine.get(done["id"]) != "BOOKED" or done["id"] in await self._bookings(self._father.phone):
            raise TourFailed("the booking does not stand with the child, or stands with the father")
        await child.do("CancelBooking", "BookingCancelled", bookingId=done["id"], key=new_id())
        said = f"{done['serviceName']} at {done['venueName']}, {local(done['startsAt'])}"
        return f"{said}; it stands among the child's own, and is given back for whoever comes after this tour"

    async def _bookings(self, phone: Phone) -> dict[str, str]:
        edges = (await phone.read("MyBookings", first=20))["myBookings"]["edges"]
        return {one["node"]["id"]: one["node"]["state"] for one in edges}

    async def _points(self, phone: Phone) -> list[dict[str, Any]]:
        found = (await phone.read("Venues", kind="VACCINATION"))["venues"]
        return list(found["venues"])

    async def _teams(self) -> list[dict[str, Any]]:
        father, found = self._father.phone, []
        for venue in await self._points(father):
            found += (await father.read("FamilyDoctorTeams", venueId=venue["id"]))["familyDoctorTeams"]
        return [one for one in found if one["answers"]]

    async def _fetched(self, wanted: str) -> dict[str, Any]:
        """By a code that the father shows at the hospital."""
        shown = await self._father.phone.do("ShowCode", "CodeShown", purpose="HOSPITAL", key=new_id())
        code = {"code": shown["cardCode"]["text"], "purpose": "HOSPITAL", "key": new_id()}
        seen = await self._provide("VerifyCode", "CodeVerified", **code)
        asked = {"subject": {"verification": seen["id"]}, "kinds": ["OBSERVATIONS"], "key": new_id()}
        return await self._provide("FetchHealthRecord", wanted, **asked)

    async def _provide(self, operation: str, wanted: str, **given: Any) -> dict[str, Any]:
        if not self._hospital:
            known = {one["organisation"]: one for one in self.payer.demo["providers"]}
            self._hospital = (await self.payer.journey.token_of(known[_HOSPITAL]))["access_token"]
        return await self.payer.journey.provide_as(self._hospital, operation, wanted, **given)


def _offered(one: dict[str, Any]) -> str:
    doctor, service = one["doctor"], one["services"][0]
    times = ", ".join(local(slot["startsAt"]) for slot in one["next"]) or "no time free"
    return f"{doctor['name']} {doctor['title']}, ¥{service['fee'] / 100:.2f}: {times}"

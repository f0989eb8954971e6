"""`/admin/api`: each endpoint asked by nobody, by a citizen, by the wrong role, with a bad body, and by who may."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

import httpx2
import pytest

from app.core.ids import new_id
from app.core.messages import LOCALES
from app.domains.identity.staff.model import TRIES_PER_ADDRESS
from tests.support.api import PASSWORD, Api, Person, soon

NOBODY = "00000000-0000-7000-8000-000000000000"


@dataclass(frozen=True)
class Endpoint:
    """`roles` may; `bad` are bodies with the field that is at fault."""

    method: str
    path: str
    roles: frozenset[str]
    bad: tuple[tuple[Any, str], ...] = ()

    @property
    def address(self) -> str:
        """With an id that nobody has."""
        nobody = self.path.replace("{citizen}", NOBODY)
        return "/admin/api" + re.sub(r"\{[^}]*\}", "none", nobody)


ALL = frozenset({"viewer", "operator", "auditor", "administrator"})
ADMINISTRATORS = frozenset({"administrator"})
OPERATORS = frozenset({"operator", "administrator"})
AUDITORS = frozenset({"auditor", "administrator"})
NOT_VIEWERS = ALL - {"viewer"}
ENDPOINTS = [
    Endpoint("GET", "/me", ALL),
    Endpoint(
        "POST",
        "/clients",
        ADMINISTRATORS,
        (({}, "organisation"), ({"organisation": "x", "name": "", "scopes": []}, "name"), ([], "body")),
    ),
    Endpoint("POST", "/clients/{client}/secrets", ADMINISTRATORS),
    Endpoint("DELETE", "/clients/{client}/secrets/{secret}", ADMINISTRATORS),
    Endpoint("PUT", "/clients/{client}/state", ADMINISTRATORS, (({"suspended": "perhaps"}, "suspended"),)),
    Endpoint(
        "PUT", "/organisations", ADMINISTRATORS, (({"code": "a b"}, "code"), ({"code": "a1", "name": ""}, "name"))
    ),
    Endpoint("GET", "/clients", ALL),
    Endpoint("GET", "/clients/{client}", ALL),
    Endpoint("GET", "/organisations", ALL),
    Endpoint("GET", "/organisations/{code}", ALL),
    Endpoint("GET", "/staff", ADMINISTRATORS),
    Endpoint("POST", "/staff", ADMINISTRATORS, (({"organisation": "x"}, "login"),)),
    Endpoint("GET", "/staff/{staff}", ADMINISTRATORS),
    Endpoint("PUT", "/staff/{staff}/state", ADMINISTRATORS, (({"suspended": 7}, "suspended"),)),
    Endpoint("PUT", "/staff/{staff}/roles", ADMINISTRATORS, (({"roles": ["mayor"]}, "roles.0"),)),
    Endpoint("POST", "/staff/{staff}/password", ADMINISTRATORS, (({"reason": "x"}, "reason"),)),
    Endpoint("POST", "/staff/{staff}/authenticator", ADMINISTRATORS, (({"reason": "x"}, "reason"),)),
    Endpoint("DELETE", "/staff/{staff}/lock", ADMINISTRATORS),
    Endpoint("PUT", "/organisations/{code}/state", ADMINISTRATORS, (({"state": "gone"}, "state"),)),
    Endpoint("POST", "/cards/search", ALL, (({}, "number"),)),
    Endpoint("POST", "/licences/search", ALL, (({}, "number"),)),
    Endpoint("GET", "/citizens/{citizen}/licences", ALL),
    Endpoint("POST", "/licences/suspensions", OPERATORS, (({"number": "1"}, "reason"),)),
    Endpoint("POST", "/licences/reinstatements", OPERATORS, (({"reason": "found"}, "number"),)),
    Endpoint("POST", "/licences/revocations", OPERATORS, (({"number": "1", "reason": "No Code"}, "reason"),)),
    Endpoint("GET", "/dashboards/{period}", ALL),
    Endpoint("POST", "/cards/suspensions", OPERATORS, (({"number": "1"}, "reason"),)),
    Endpoint("POST", "/cards/reinstatements", OPERATORS, (({"reason": "found"}, "number"),)),
    Endpoint(
        "POST",
        "/cards/revocations",
        OPERATORS,
        (({"number": "1", "reason": "No Code"}, "reason"), ({"number": "1", "reason": "lost", "more": 1}, "more")),
    ),
]
ENDPOINTS += [
    Endpoint("GET", "/templates", ALL),
    Endpoint("GET", "/templates/city", ALL),
    Endpoint("GET", "/templates/city/versions", ALL),
    Endpoint(
        "POST", "/templates/city/{code}/versions", ADMINISTRATORS, (({}, "texts"), ({"texts": {"en": {}}}, "title"))
    ),
    Endpoint("POST", "/templates/city/{code}/preview", ALL, (({"texts": 1}, "texts"),)),
    Endpoint("GET", "/templates/providers/{organisation}", ALL),
    Endpoint("GET", "/templates/{template}", ALL),
    Endpoint("POST", "/templates/{template}/preview", ALL, (({"facts": {"a": []}}, "facts"),)),
    Endpoint("POST", "/templates/{template}/approval", ADMINISTRATORS),
    Endpoint("POST", "/templates/{template}/rejection", ADMINISTRATORS, (({}, "reason"),)),
    Endpoint("POST", "/templates/{template}/withdrawal", ADMINISTRATORS, (({"reason": 1}, "reason"),)),
]
ENDPOINTS += [
    Endpoint("GET", "/applications", ALL),
    Endpoint("POST", "/applications", OPERATORS, (({"kind": "circus"}, "name"),)),
    Endpoint("GET", "/applications/{number}", OPERATORS),
    Endpoint("POST", "/applications/{number}/review", OPERATORS),
    Endpoint("POST", "/applications/{number}/links", OPERATORS),
    Endpoint("POST", "/applications/{number}/approval", ADMINISTRATORS, (({"scopes": []}, "scopes"),)),
    Endpoint("POST", "/applications/{number}/live", ADMINISTRATORS, (({}, "scopes"),)),
    Endpoint("POST", "/applications/{number}/rejection", ADMINISTRATORS, (({}, "reason"),)),
    Endpoint("GET", "/organisations/{code}/test-citizens", ALL),
    Endpoint("POST", "/organisations/{code}/test-citizens", OPERATORS, (({"count": 11}, "count"),)),
]
ENDPOINTS += [
    Endpoint("GET", "/audit/records", frozenset({"auditor", "administrator"})),
    Endpoint("GET", "/audit/chain", ALL),
    Endpoint("GET", "/ledger", ALL),
    Endpoint("GET", "/ledger/accounts", NOT_VIEWERS),
    Endpoint("GET", "/ledger/accounts/{account}", NOT_VIEWERS),
    Endpoint("GET", "/ledger/accounts/{account}/balance", NOT_VIEWERS),
    Endpoint("GET", "/ledger/accounts/{account}/postings", NOT_VIEWERS),
    Endpoint("GET", "/ledger/transfers/{transfer}", NOT_VIEWERS),
    Endpoint("GET", "/jobs", ALL),
    Endpoint("GET", "/jobs/{job}/runs", ALL),
    Endpoint("POST", "/jobs/{job}/runs", ADMINISTRATORS),
]
ENDPOINTS += [
    Endpoint("GET", "/venues", ALL),
    Endpoint("GET", "/venues/{venue}/use", ALL),
    Endpoint("GET", "/booking-blocks", ALL),
    Endpoint("GET", "/booking-appeals", ALL),
    Endpoint("GET", "/booking-appeals/{appeal}", OPERATORS),
    Endpoint(
        "POST",
        "/booking-appeals/{appeal}/answers",
        OPERATORS,
        (({"answer": "yes"}, "grant"), ({"grant": True, "answer": "x"}, "answer")),
    ),
    Endpoint("GET", "/queues", ALL),
    Endpoint("GET", "/queues/{queue}", ALL),
    Endpoint("PUT", "/queues/{queue}/opening", OPERATORS, (({}, "open"), ({"open": "perhaps"}, "open"))),
    Endpoint("GET", "/family-doctor-teams", ALL),
]
ENDPOINTS += [
    Endpoint("GET", "/credit-rules", ALL),
    Endpoint(
        "POST",
        "/credit-rules",
        OPERATORS,
        (({}, "factors"), ({"factors": [], "bands": [], "since": "2030-01-01", "reason": "because"}, "bands")),
    ),
    Endpoint("POST", "/credit-rules/{version}/approval", ADMINISTRATORS),
    Endpoint("POST", "/credit-rules/{version}/withdrawal", OPERATORS),
    Endpoint("GET", "/credit-appeals", ALL),
    Endpoint("GET", "/credit-appeals/{appeal}", OPERATORS),
    Endpoint(
        "POST",
        "/credit-appeals/{appeal}/answers",
        OPERATORS,
        (({"answer": "yes"}, "state"), ({"state": "refused", "answer": "x"}, "answer")),
    ),
    Endpoint("GET", "/credit-overdue", ALL),
    Endpoint("GET", "/credit-lines", ALL),
]
NEW_CLIENT = (({"name": ""}, "name"), ({"name": "A paper", "contact": "The desk", "an_hour": 0}, "an_hour"))
ENDPOINTS += [
    Endpoint("GET", "/open311-clients", ALL),
    Endpoint("GET", "/open311-clients/{client}", ALL),
    Endpoint("GET", "/open311-clients/{client}/requests", ALL),
    Endpoint("POST", "/open311-clients", ADMINISTRATORS, NEW_CLIENT),
    Endpoint("POST", "/open311-clients/{client}/keys", ADMINISTRATORS),
    Endpoint("DELETE", "/open311-clients/{client}/keys/{key}", ADMINISTRATORS),
    Endpoint("PUT", "/open311-clients/{client}/terms", ADMINISTRATORS, (({"an_hour": 60}, "delivery"),)),
    Endpoint("PUT", "/open311-clients/{client}/state", ADMINISTRATORS, (({"suspended": 7}, "suspended"),)),
    Endpoint("GET", "/neighbours", ALL),
    Endpoint("GET", "/neighbours/cases", ALL),
    Endpoint("GET", "/neighbours/cases/{case}", ALL),
    Endpoint("POST", "/neighbours/cases/{case}/sendings", OPERATORS),
    Endpoint("GET", "/neighbours/{code}", ALL),
    Endpoint("PUT", "/neighbours/{code}", ADMINISTRATORS, (({"name": "x"}, "unit"),)),
    Endpoint("PUT", "/neighbours/{code}/state", ADMINISTRATORS, (({"suspended": 7}, "suspended"),)),
    Endpoint("GET", "/handovers/systems", ALL),
    Endpoint("GET", "/handovers/differences", ALL),
    Endpoint("GET", "/handovers/{number}", ALL),
    Endpoint("POST", "/handovers/{number}/questions", OPERATORS),
    Endpoint("POST", "/handovers/differences/{difference}/aside", OPERATORS, (({"reason": "x"}, "reason"),)),
    Endpoint("GET", "/data-sets", ALL),
    Endpoint("GET", "/data-accesses", ALL),
    Endpoint(
        "POST",
        "/data-accesses/{access}/answer",
        OPERATORS,
        (({"state": "requested", "answer": "because"}, "state"), ({"state": "granted", "answer": "x"}, "answer")),
    ),
    Endpoint("GET", "/proofs-spared", ALL),
]
ENDPOINTS += [
    Endpoint("GET", "/broadcasts", ALL),
    Endpoint("POST", "/broadcasts", OPERATORS, (({}, "title"),)),
    Endpoint("POST", "/broadcasts/estimate", OPERATORS, (([], "body"),)),
    Endpoint("GET", "/broadcasts/{broadcast}", ALL),
    *(
        Endpoint("POST", f"/broadcasts/{{broadcast}}/{verb}", OPERATORS)
        for verb in ("start", "pause", "resume", "cancel")
    ),
    Endpoint("GET", "/deliveries", ALL),
    Endpoint("GET", "/outbox/dead-letters", ALL),
    Endpoint("POST", "/outbox/dead-letters/{letter}/revival", OPERATORS),
    Endpoint("POST", "/outbox/dead-letters/{letter}/drop", OPERATORS),
]
ENDPOINTS += [
    Endpoint("GET", "/citizens", ALL),
    Endpoint("POST", "/citizens/search", ALL, (({"by": "name", "text": "林"}, "by"), ({"by": "phone"}, "text"))),
    Endpoint("GET", "/citizens/{citizen}", ALL),
    Endpoint("POST", "/citizens/{citizen}/reveals", OPERATORS, (({"field": "face", "reason": "because"}, "field"),)),
    Endpoint("PUT", "/citizens/{citizen}/tags", OPERATORS, (({"tags": "veteran"}, "tags"),)),
    Endpoint("GET", "/citizens/{citizen}/cards", ALL),
    Endpoint("GET", "/citizens/{citizen}/sessions", OPERATORS),
    Endpoint("GET", "/citizens/{citizen}/devices", ALL),
    Endpoint("GET", "/citizens/{citizen}/messages", ALL),
    Endpoint("GET", "/citizens/{citizen}/disclosures", ALL),
    Endpoint(
        "POST",
        "/citizens/{citizen}/disclosures/{disclosure}/answer",
        OPERATORS,
        (({"state": "open", "answer": "no"}, "state"), ({"state": "upheld"}, "answer")),
    ),
    Endpoint("GET", "/disclosures/disputed", ALL),
    Endpoint("POST", "/citizens/{citizen}/disclosures/{disclosure}/reveals", OPERATORS, (({}, "reason"),)),
    Endpoint("GET", "/data-exports", ALL),
    Endpoint("GET", "/corrections", ALL),
    Endpoint("POST", "/corrections/{correction}/reveals", OPERATORS, (({"reason": "x"}, "reason"),)),
    Endpoint(
        "POST",
        "/corrections/{correction}/answers",
        OPERATORS,
        (({"accept": "perhaps", "answer": "no"}, "accept"), ({"accept": True}, "answer")),
    ),
    Endpoint("GET", "/erasures", ALL),
    Endpoint("GET", "/citizens/{citizen}/erasure-proof", AUDITORS),
    Endpoint("GET", "/keys", AUDITORS),
    Endpoint("POST", "/keys/rotations", ADMINISTRATORS, (({"use": "door"}, "use"),)),
]
ENDPOINTS += [
    Endpoint("GET", "/service-applications", ALL),
    Endpoint("POST", "/service-applications/search", ALL, (({}, "number"),)),
    Endpoint("GET", "/service-applications/{application}", ALL),
    Endpoint("POST", "/service-applications/{application}/release", OPERATORS, (({"reason": "x"}, "reason"),)),
    Endpoint("GET", "/calendar/{year}", ALL),
    Endpoint("GET", "/indicators", ALL),
    Endpoint("GET", "/indicators/definitions", ALL),
    Endpoint("GET", "/indicators/report", ALL),
    Endpoint("GET", "/indicators/table", ALL),
    Endpoint("GET", "/indicators/hot-spots", ALL),
    Endpoint("GET", "/indicators/index", ALL),
    Endpoint("GET", "/indicators/index/weights", ALL),
    Endpoint(
        "POST",
        "/indicators/index/weights",
        OPERATORS,
        (({}, "version"), ({"version": 1, "values": {"on_time": "x"}, "reason": "ok"}, "values")),
    ),
    Endpoint("POST", "/calendar/days", OPERATORS, (({"day": "soon"}, "day"), ({"day": "2026-12-25"}, "working"))),
    Endpoint("DELETE", "/calendar/days/{day}", OPERATORS),
    Endpoint("GET", "/moderations", ALL),
    Endpoint("GET", "/moderations/figures", ALL),
    Endpoint("GET", "/moderations/{matter}", OPERATORS),
    Endpoint("POST", "/moderations/{matter}/judgement", OPERATORS, (({"verdict": "burn"}, "verdict"),)),
    Endpoint("POST", "/moderations", OPERATORS, (({"kind": "poem"}, "kind"), ({"kind": "thread"}, "post"))),
    Endpoint("GET", "/surveys", ALL),
    Endpoint("GET", "/surveys/{survey}/sheet", OPERATORS),
    Endpoint("GET", "/proposals", ALL),
    Endpoint("GET", "/proposals/{proposal}", ALL),
    Endpoint("PUT", "/proposals/{proposal}/unit", OPERATORS, (({}, "unit"),)),
    Endpoint("GET", "/cases", ALL),
    Endpoint("POST", "/cases/search", ALL, (({}, "number"),)),
    Endpoint("GET", "/cases/{case}", ALL),
    Endpoint("GET", "/case-categories", ALL),
    Endpoint(
        "PUT", "/case-categories/{code}", OPERATORS, (({}, "name_zh"), ({"name_zh": "名", "kinds": ["x"]}, "kinds"))
    ),
    Endpoint("POST", "/case-categories/{code}/retirement", OPERATORS),
    Endpoint("GET", "/inbound-messages", ALL),
    Endpoint("GET", "/inbound-messages/{message}", ALL),
    Endpoint("POST", "/inbound-messages/{message}/read", OPERATORS, (({"reason": ""}, "reason"),)),
    Endpoint("POST", "/inbound-messages/{message}/retry", OPERATORS),
    Endpoint("GET", "/channel-answers", ALL),
    Endpoint("POST", "/channel-answers/{answer}/retry", OPERATORS),
    Endpoint("GET", "/case-clock-rules", ALL),
    Endpoint("GET", "/case-clock-rules/{rule}", ALL),
    Endpoint("POST", "/case-clock-rules/{rule}", OPERATORS, (({"version": 0}, "rule"),)),
    Endpoint("GET", "/case-escalations", ALL),
    Endpoint("POST", "/case-escalations/{escalation}/note", OPERATORS),
    Endpoint("GET", "/case-clocks/{case}", ALL),
    Endpoint("POST", "/case-clocks/{case}/supervision", OPERATORS, (({"by_day": "soon"}, "by_day"),)),
]
ENDPOINTS += [
    Endpoint("GET", "/transit/feeds", ALL),
    Endpoint("POST", "/transit/feed-checks", ADMINISTRATORS, (({}, "data"), ({"data": "?"}, "data"))),
    Endpoint("POST", "/transit/feeds", ADMINISTRATORS, (({}, "data"),)),
    Endpoint("POST", "/transit/feeds/{version}/restoration", ADMINISTRATORS),
    Endpoint("GET", "/places", ALL),
    Endpoint("POST", "/places", OPERATORS, (({"kind": "pharmacy", "latitude": 26, "longitude": 119}, "name"),)),
    Endpoint("GET", "/places/{place}", ALL),
    Endpoint("PUT", "/places/{place}", OPERATORS, (({"kind": "pharmacy", "name": "x", "latitude": 26}, "longitude"),)),
    Endpoint("PUT", "/places/{place}/operator", OPERATORS, (({"operator": 1}, "operator"),)),
    Endpoint("POST", "/places/{place}/closing", OPERATORS, (({}, "reason"),)),
    Endpoint("POST", "/place-imports", ADMINISTRATORS, (({"form": "xls", "text": ""}, "form"),)),
    Endpoint("GET", "/place-doubles", ALL),
    Endpoint("POST", "/place-doubles/{double}/decision", OPERATORS, (({}, "one"),)),
    Endpoint("GET", "/place-reviews", ALL),
    Endpoint("GET", "/place-corrections", ALL),
    Endpoint("POST", "/place-corrections/{correction}/decision", OPERATORS, (({"reason": "x"}, "accepted"),)),
    Endpoint("GET", "/assets", ALL),
    Endpoint("GET", "/assets/{code}", ALL),
    Endpoint("POST", "/assets/{code}/retirement", OPERATORS, (({}, "reason"),)),
    Endpoint("POST", "/asset-imports", ADMINISTRATORS, (({"form": "xls", "text": ""}, "form"),)),
    Endpoint("GET", "/asset-sheets", ALL),
    Endpoint("POST", "/asset-sheets", OPERATORS, (({"unit": "x", "most": 1000}, "most"),)),
    Endpoint("GET", "/asset-sheets/{sheet}/file", ALL),
    Endpoint("GET", "/patrols", ALL),
    Endpoint("GET", "/patrol-rounds", ALL),
    Endpoint("GET", "/patrol-rounds/{round}", ALL),
    Endpoint("GET", "/case-findings", ALL),
    Endpoint("POST", "/case-findings/{finding}/answer", OPERATORS, (({}, "answer"),)),
]
ENDPOINTS += [
    Endpoint("GET", "/dispatch-rules/{table}", ALL),
    Endpoint("GET", "/dispatch-rules/{table}/{rule}", ALL),
    Endpoint("POST", "/dispatch-rules/{table}", OPERATORS, (({"reason": "x"}, "table"),)),
    Endpoint("POST", "/dispatch-rules/{table}/{rule}/end", OPERATORS, (({"reason": "x"}, "table"),)),
    Endpoint("POST", "/dispatch-imports", ADMINISTRATORS, (({"form": "xml"}, "form"),)),
    Endpoint("GET", "/case-map", ALL),
]
ENDPOINTS += [
    Endpoint("GET", "/webhooks", ALL),
    Endpoint("GET", "/webhooks/{endpoint}", ALL),
    Endpoint("GET", "/webhooks/{endpoint}/deliveries", ALL),
    Endpoint("PUT", "/webhooks/{endpoint}/disabled", OPERATORS, (({}, "reason"), ({"reason": "x"}, "reason"))),
    Endpoint("PUT", "/webhooks/{endpoint}/enabled", OPERATORS, (({"reason": 1}, "reason"),)),
    Endpoint(
        "POST",
        "/webhooks/{endpoint}/replays",
        OPERATORS,
        (({"since": "2026-01-01T00:00:00"}, "since"), ({"since": "2026-01-01T00:00:00Z", "which": "x"}, "which")),
    ),
    Endpoint("POST", "/webhooks/{endpoint}/deliveries/{delivery}/replays", OPERATORS),
]
ENDPOINTS += [
    Endpoint("GET", "/gateway-orders", ALL),
    Endpoint("POST", "/gateway-orders/{order}/look", OPERATORS),
    Endpoint("GET", "/gateway-refunds", ALL),
    Endpoint("POST", "/gateway-refunds/{refund}/retry", OPERATORS),
    Endpoint("POST", "/gateway-refunds/{refund}/settlement", OPERATORS, (({}, "note"),)),
    Endpoint("GET", "/gateway-payouts", ALL),
    Endpoint("GET", "/citizens/{citizen}/wallet", ALL),
    Endpoint(
        "PUT",
        "/citizens/{citizen}/wallet/state",
        OPERATORS,
        (({"frozen": True}, "reason"), ({"frozen": 7, "reason": "xx"}, "frozen")),
    ),
    Endpoint("GET", "/gateway-days", ALL),
    Endpoint("GET", "/gateway-days/{day}", ALL),
    Endpoint("POST", "/gateway-days/{day}/comparison", OPERATORS),
    Endpoint("POST", "/gateway-days/{day}/close", OPERATORS),
    Endpoint("GET", "/gateway-days/{day}/differences", ALL),
    Endpoint("GET", "/gateway-differences", ALL),
    Endpoint("GET", "/gateway-differences/{difference}", ALL),
    Endpoint("POST", "/gateway-differences/{difference}/take", OPERATORS),
    Endpoint("POST", "/gateway-differences/{difference}/look", OPERATORS),
    Endpoint(
        "POST",
        "/gateway-differences/{difference}/resolve",
        OPERATORS,
        (({"remedy": "forget", "reason": "xx"}, "remedy"), ({"remedy": "losses", "reason": "x"}, "reason")),
    ),
    Endpoint("POST", "/gateway-differences/{difference}/approve", OPERATORS),
    Endpoint("POST", "/gateway-differences/{difference}/decline", OPERATORS, (({}, "reason"),)),
    Endpoint("GET", "/billers", ALL),
    Endpoint("GET", "/billers/{biller}", ALL),
    Endpoint(
        "PUT",
        "/billers/{biller}",
        OPERATORS,
        (({"kind": "love"}, "kind"), ({"kind": "water", "name": "x"}, "account_name")),
    ),
    Endpoint("PUT", "/billers/{biller}/state", OPERATORS, (({"state": "gone", "reason": "why"}, "state"),)),
    Endpoint("GET", "/bills", ALL),
    Endpoint("GET", "/bills/{bill}", ALL),
    Endpoint("GET", "/auto-pay-runs", ALL),
    Endpoint("GET", "/refused-bill-payments", ALL),
    Endpoint("GET", "/culture/venues", ALL),
    Endpoint("PUT", "/culture/venues/{code}", OPERATORS, (({"kind": "palace"}, "organisation"),)),
    Endpoint("GET", "/culture/events", ALL),
    Endpoint("GET", "/culture/events/{event}", ALL),
    Endpoint("GET", "/culture/runs", ALL),
    Endpoint("GET", "/culture/sights", ALL),
    Endpoint("PUT", "/culture/sights/{code}", OPERATORS, (({"room": 0}, "organisation"),)),
    Endpoint("GET", "/culture/routes", ALL),
    Endpoint("PUT", "/culture/routes/{code}", OPERATORS, (({"name": {"zh": "x"}}, "stops"),)),
    Endpoint("GET", "/culture/library", ALL),
    Endpoint("GET", "/points/budgets", ALL),
    Endpoint("PUT", "/points/budgets/{organisation}", ADMINISTRATORS, (({"points": -1, "reason": "why"}, "points"),)),
    Endpoint("GET", "/points/causes", ALL),
    Endpoint("PUT", "/points/causes/{code}", ADMINISTRATORS, (({"zh": ""}, "zh"),)),
    Endpoint("GET", "/volunteers", ALL),
    Endpoint("GET", "/volunteer-groups", ALL),
    Endpoint("GET", "/volunteer-activities", ALL),
    Endpoint("GET", "/check-in-flags", ALL),
    Endpoint("GET", "/volunteer-points", ALL),
    Endpoint("GET", "/micro-wishes", ALL),
    Endpoint("GET", "/responder-calls", ALL),
    Endpoint("GET", "/responder-calls/{call}", ALL),
    Endpoint("GET", "/health/teams", ALL),
    Endpoint("GET", "/health/missed-follow-ups", ALL),
    Endpoint("GET", "/health/readers", ALL),
    Endpoint("GET", "/health/readers/{organisation}/reads", ALL),
    Endpoint("POST", "/volunteers/{citizen}/recount", OPERATORS),
    Endpoint("POST", "/volunteer-groups/{group}/closing", OPERATORS),
    Endpoint("POST", "/micro-wishes/{wish}/withdrawal", OPERATORS),
    Endpoint("POST", "/volunteer-groups/{group}/decision", OPERATORS, (({"words": "why"}, "yes"),)),
    Endpoint("POST", "/check-in-flags/{flag}/decision", OPERATORS, (({"words": "why"}, "yes"),)),
    Endpoint("POST", "/micro-wishes/{wish}/screening", OPERATORS, (({"words": "why"}, "yes"),)),
    Endpoint("GET", "/scenes", ALL),
    Endpoint("GET", "/stations", ALL),
    Endpoint("PUT", "/stations/{code}", ADMINISTRATORS, (({"kind": "air", "zh": ""}, "zh"),)),
    Endpoint("GET", "/weather-notices", ALL),
    Endpoint("GET", "/weather-notices/{notice}", ALL),
    Endpoint("POST", "/weather-notices", OPERATORS, (({"kind": "heat", "level": "pink"}, "level"),)),
    Endpoint("POST", "/weather-notices/{notice}/versions", OPERATORS, (({"kind": "heat", "level": "x"}, "level"),)),
    Endpoint("POST", "/weather-notices/{notice}/cancellation", OPERATORS),
    Endpoint("GET", "/emergencies", ALL),
    Endpoint("GET", "/emergency-map", OPERATORS),
    Endpoint("POST", "/emergencies/{emergency}/reveals", OPERATORS),
    Endpoint("POST", "/emergencies/{emergency}/taking", OPERATORS),
    Endpoint("POST", "/emergencies/{emergency}/ending", OPERATORS, (({"end": "?"}, "end"),)),
    Endpoint("PUT", "/scenes/{code}", ADMINISTRATORS, (({"zh": "x", "place": 0}, "place"),)),
    Endpoint("GET", "/points/partners", ALL),
    Endpoint("PUT", "/points/partners/{organisation}", ADMINISTRATORS, (({"rate": 0}, "rate"),)),
    Endpoint("DELETE", "/points/partners/{organisation}", ADMINISTRATORS),
    Endpoint("GET", "/points/partners/{organisation}/rates", ALL),
    Endpoint("PUT", "/points/partners/{organisation}/rates/{day}", ADMINISTRATORS, (({"yuan": "1"}, "reason"),)),
    Endpoint("GET", "/points/redemptions", ALL),
    Endpoint("GET", "/estates", ALL),
    Endpoint("GET", "/estates/{code}", ALL),
    Endpoint("POST", "/estates", OPERATORS, (({"code": "x"}, "name"),)),
    Endpoint("POST", "/estates/{code}/homes", ADMINISTRATORS, (({}, "text"),)),
    Endpoint("POST", "/estates/{code}/closing", OPERATORS, (({}, "reason"),)),
    Endpoint("POST", "/estates/{code}/opening", OPERATORS, (({}, "reason"),)),
    Endpoint("GET", "/estates/{code}/homes", ALL),
    Endpoint("POST", "/estates/{code}/home", OPERATORS, (({"building": "1"}, "room"),)),
    Endpoint("POST", "/homes/{id}/naming", OPERATORS, (({"building": "1"}, "room"),)),
    Endpoint("POST", "/homes/{id}/ending", OPERATORS, (({}, "reason"),)),
    Endpoint("GET", "/late-repairs", ALL),
    Endpoint("GET", "/repairs-handed-over", ALL),
    Endpoint("GET", "/odd-gate-entries", ALL),
    Endpoint("GET", "/care-entries", ALL),
    Endpoint("GET", "/care-entries/missed", ALL),
    Endpoint("GET", "/care-entries/{entry}", ALL),
    Endpoint("POST", "/care-entries/{entry}/signs", OPERATORS, (({"sign": "dream"}, "sign"),)),
    Endpoint("POST", "/care-entries/{entry}/reveals", OPERATORS, (({"reason": ""}, "reason"),)),
    Endpoint("POST", "/care-entries/{entry}/ending", OPERATORS),
    Endpoint("GET", "/care-houses", ALL),
    Endpoint("GET", "/care-houses/{code}", ALL),
    Endpoint("PUT", "/care-houses/{code}", OPERATORS, (({"kind": "palace"}, "organisation"),)),
    Endpoint("GET", "/family-visits", ALL),
    Endpoint("GET", "/estate-votes", ALL),
    Endpoint("GET", "/estate-votes/{vote}", ALL),
    Endpoint("POST", "/estate-votes", ADMINISTRATORS, (({"title": "x"}, "estate"),)),
    Endpoint("POST", "/estate-votes/held", ADMINISTRATORS, (({"title": "x"}, "estate"),)),
    Endpoint("POST", "/estate-votes/{vote}/withdrawal", ADMINISTRATORS, (({"reason": ""}, "reason"),)),
    Endpoint("POST", "/estate-votes/{vote}/recounts", OPERATORS),
    Endpoint("GET", "/shops", ALL),
    Endpoint("GET", "/shops/{code}", ALL),
    Endpoint("POST", "/shops/{code}/halt", OPERATORS, (({"reason": ""}, "reason"),)),
    Endpoint("POST", "/shops/{code}/resumption", OPERATORS),
    Endpoint("GET", "/shop-orders", ALL),
    Endpoint("GET", "/shop-orders/stuck", ALL),
    Endpoint("GET", "/shop-orders/{order}", ALL),
    Endpoint("POST", "/shop-orders/{order}/undoing", OPERATORS, (({"reason": ""}, "reason"),)),
    Endpoint("GET", "/red-packets", ALL),
    Endpoint("GET", "/red-packets/{packet}", ALL),
    Endpoint("POST", "/red-packets/{packet}/settlement", OPERATORS, (({"note": "xx"}, "to_bank"),)),
    Endpoint("GET", "/fares", ALL),
    Endpoint("GET", "/borne-rides", ALL),
    Endpoint("PUT", "/fares/{operator}/{line}/{day}", ADMINISTRATORS, (({"zh": "x", "base": -1}, "base"),)),
    Endpoint("DELETE", "/fares/{operator}/{line}/{day}", ADMINISTRATORS),
    Endpoint("GET", "/rides/{operator}", ALL),
    Endpoint("GET", "/merchants", ALL),
    Endpoint("GET", "/merchants/{organisation}", ALL),
    Endpoint(
        "PUT", "/merchants/{organisation}", OPERATORS, (({"name": "x"}, "name"), ({"name": "xy", "fee": 7}, "category"))
    ),
    Endpoint("PUT", "/merchants/{organisation}/state", OPERATORS, (({"state": "gone", "reason": "why"}, "state"),)),
    Endpoint("GET", "/merchants/{organisation}/shifts", ALL),
    Endpoint("GET", "/payments", ALL),
    Endpoint("GET", "/payments/{payment}", ALL),
    Endpoint("GET", "/settlement-days", ALL),
    Endpoint("POST", "/settlement-days/{day}/runs", OPERATORS),
    Endpoint("GET", "/settlement-days/{day}/settlements", ALL),
    Endpoint("GET", "/settlements/{settlement}", ALL),
    Endpoint("POST", "/settlements/{settlement}/pay", OPERATORS),
    Endpoint("GET", "/payees", ALL),
    Endpoint("GET", "/payees/{payee}", ALL),
    Endpoint("GET", "/payees/{payee}/settlements", ALL),
    Endpoint(
        "POST",
        "/payees/{payee}/account",
        OPERATORS,
        (({"number": "6222", "holder": "xx"}, "number"), ({"number": "62220000", "holder": ""}, "holder")),
    ),
    Endpoint("POST", "/payees/{payee}/account/approve", OPERATORS, (({}, "proposal"),)),
    Endpoint("POST", "/payees/{payee}/stop", OPERATORS, (({}, "reason"),)),
    Endpoint("POST", "/payees/{payee}/resume", OPERATORS),
]
ENDPOINTS += [
    Endpoint("GET", "/answers", ALL),
    Endpoint("GET", "/answers/overdue", ALL),
    Endpoint("GET", "/answers/figures", ALL),
    Endpoint("GET", "/answers/questions", ALL),
    Endpoint("POST", "/answers/questions/{question}/dismissal", OPERATORS),
    Endpoint("POST", "/answers/questions/{question}/answer", OPERATORS, (({"code": "A-1"}, "unit"),)),
    Endpoint("POST", "/answers/imports", ADMINISTRATORS, (({"form": "xls", "text": ""}, "form"),)),
    Endpoint("GET", "/answers/{code}", ALL),
    Endpoint("POST", "/answers/{code}/publication", OPERATORS),
    Endpoint("POST", "/answers/{code}/review", OPERATORS),
    Endpoint("POST", "/answers/{code}/withdrawal", OPERATORS, (({}, "reason"),)),
    Endpoint("GET", "/catalogue/counts", ALL),
    Endpoint("GET", "/catalogue/items", ALL),
    Endpoint("GET", "/catalogue/items/{code}", ALL),
    Endpoint("POST", "/catalogue/items/{code}/cancellation", OPERATORS, (({"reason": "x"}, "reason"),)),
    Endpoint("POST", "/catalogue/items/{code}/merger", OPERATORS, (({"reason": "because"}, "into"),)),
    Endpoint(
        "POST", "/catalogue/imports", ADMINISTRATORS, (({"form": "xls", "text": ""}, "form"), ({"form": "csv"}, "text"))
    ),
]
ENDPOINTS += [
    Endpoint("GET", "/refunds", ALL),
    Endpoint("GET", "/refunds/{refund}", ALL),
    Endpoint(
        "POST", "/payments/{payment}/refunds", OPERATORS, (({}, "reason"), ({"fen": 0, "reason": "other"}, "fen"))
    ),
    Endpoint("POST", "/refunds/{refund}/settlement", OPERATORS, (({"note": "xx"}, "to_bank"),)),
    Endpoint("GET", "/payment-disputes", ALL),
    Endpoint("GET", "/payment-disputes/{dispute}", ALL),
    Endpoint("POST", "/payment-disputes/{dispute}/reveals", OPERATORS, (({}, "reason"),)),
    Endpoint("POST", "/payment-disputes/{dispute}/decision", OPERATORS, (({"fen": -1, "reason": "xx"}, "fen"),)),
    Endpoint("GET", "/risk-rules", ALL),
    Endpoint("GET", "/risk-rules/{code}", ALL),
    Endpoint("POST", "/risk-rules/{code}/versions", OPERATORS, (({"name_zh": "x"}, "measure"),)),
    Endpoint("POST", "/risk-rules/{code}/versions/{version}/approval", OPERATORS),
    Endpoint("POST", "/risk-rules/{code}/versions/{version}/rejection", OPERATORS),
    Endpoint("GET", "/risk-refusals", ALL),
    Endpoint("GET", "/citizens/{citizen}/risk-refusals", ALL),
    Endpoint("GET", "/payer-blocks", ALL),
    Endpoint("POST", "/citizens/{citizen}/payer-block", OPERATORS, (({}, "reason"),)),
    Endpoint("POST", "/citizens/{citizen}/payer-block/lift", OPERATORS, (({"reason": "x"}, "reason"),)),
]
each = pytest.mark.parametrize("endpoint", ENDPOINTS, ids=lambda e: f"{e.method}{e.path}")


@pytest.fixture(scope="session")
async def tokens(shared_api: Api) -> dict[str, str]:
    return {role: await shared_api.ops_token(role) for role in sorted(ALL)}


async def _ask(
    api: Api, endpoint: Endpoint, token: str | None, body: Any = None, key: str | None = None
) -> httpx2.Response:
    headers = {"accept-language": "en", "idempotency-key": key or new_id()}
    if token:
        headers["authorization"] = f"Bearer {token}"
    return await api.http.request(endpoint.method, endpoint.address, json=body, headers=headers)


async def test_every_endpoint_is_entered_above(shared_api: Api) -> None:
    described = (await shared_api.http.get("/admin/api/openapi.json")).json()["paths"]
    served = {
        (method.upper(), path, tuple(at.get("x-roles", ())))
        for path in described
        for method, at in described[path].items()
    }
    signing_in = {("POST", f"/session{path}", ()) for path in ("", "/refresh", "/browser", "/password")}
    own = {("DELETE", "/session", tuple(sorted(ALL)))}  # would end the sessions these tests share
    assert served - signing_in - own == {(e.method, e.path, tuple(sorted(e.roles))) for e in ENDPOINTS}


@each
async def test_who_is_not_of_the_desk_is_nobody(
    shared_api: Api, outsiders: dict[str, str | None], endpoint: Endpoint
) -> None:
    for who, token in outsiders.items():
        answer = await _ask(shared_api, endpoint, token, {})
        assert (answer.status_code, answer.json()["code"]) == (401, "UNAUTHENTICATED"), who


@pytest.fixture(scope="session")
async def outsiders(shared_api: Api) -> dict[str, str | None]:
    citizen: Person = await shared_api.sign_in(shared_api.person())
    organisation = await shared_api.organisation()
    staff = await shared_api.staff_token(organisation, "supervisor")
    return {"nobody": None, "citizen": citizen.token, "client": await shared_api.provider(organisation), "staff": staff}


@each
async def test_only_the_named_roles_may(shared_api: Api, tokens: dict[str, str], endpoint: Endpoint) -> None:
    for role, token in tokens.items():
        answer = await _ask(shared_api, endpoint, token, {})
        if role in endpoint.roles:
            assert answer.status_code not in (401, 403), role
        else:
            assert (answer.status_code, answer.json()["code"]) == (403, "FORBIDDEN"), role


@each
async def test_a_bad_body_names_the_field(shared_api: Api, tokens: dict[str, str], endpoint: Endpoint) -> None:
    for body, field in endpoint.bad:
        answer = await _ask(shared_api, endpoint, tokens["administrator"], body)
        told = answer.json()
        assert (answer.status_code, told["code"]) == (400, "BAD_INPUT"), body
        assert field in str(told)


async def test_what_is_not_json_or_too_large_is_refused(shared_api: Api, tokens: dict[str, str]) -> None:
    deep, digits = b"[" * 3_000 + b"]" * 3_000, b'{"scopes": ' + b"1" * 5_000 + b"}"
    for said, content, status, code in (
        (None, b"", 400, "BAD_INPUT"),
        (None, b"{", 400, "BAD_INPUT"),
        (None, b"\xff", 400, "BAD_INPUT"),
        (None, deep, 400, "BAD_INPUT"),
        (None, digits, 400, "BAD_INPUT"),
        (None, b" " * 70_000, 413, "PAYLOAD_TOO_LARGE"),
        ("application/json; charset=utf-8", b"{", 400, "BAD_INPUT"),
        ("text/plain", b"{}", 415, "UNSUPPORTED_MEDIA_TYPE"),
        ("application/x-www-form-urlencoded", b"name=x", 415, "UNSUPPORTED_MEDIA_TYPE"),
    ):
        headers = {"authorization": f"Bearer {tokens['administrator']}"} | ({"content-type": said} if said else {})
        for language in LOCALES:
            headers["accept-language"] = language
            answer = await shared_api.http.post("/admin/api/clients", content=content, headers=headers)
            told = answer.json()
            assert (answer.status_code, told["code"]) == (status, code), content[:20]
            assert bool(re.search("[一-鿿]", told["message"])) is (language == "zh-CN")


async def test_what_is_not_there_is_refused_in_our_words(shared_api: Api, tokens: dict[str, str]) -> None:
    headers = {"authorization": f"Bearer {tokens['administrator']}", "accept-language": "en"}
    for method, path, status, code in (
        ("GET", "/nothing", 404, "NOT_FOUND"),
        ("GET", "/", 404, "NOT_FOUND"),
        ("GET", "/docs", 404, "NOT_FOUND"),
        ("GET", "/redoc", 404, "NOT_FOUND"),
        ("GET", "/staff/", 404, "NOT_FOUND"),
        ("PATCH", "/me", 405, "METHOD_NOT_ALLOWED"),
        ("POST", "/me", 405, "METHOD_NOT_ALLOWED"),
    ):
        answer = await shared_api.http.request(method, f"/admin/api{path}", headers=headers)
        assert (answer.status_code, answer.json()["code"]) == (status, code), path
    allowed = await shared_api.http.patch("/admin/api/staff", headers=headers)
    assert allowed.headers["allow"] == "GET, POST"


async def test_what_makes_something_asks_for_a_key(shared_api: Api, tokens: dict[str, str]) -> None:
    headers = {"authorization": f"Bearer {tokens['administrator']}", "accept-language": "en"}
    wish = {"organisation": await shared_api.organisation(), "name": "gate", "scopes": ["verify:gate"]}
    for key in (None, "short", "x" * 65, "with space"):
        sent = headers | ({"idempotency-key": key} if key else {})
        told = (await shared_api.http.post("/admin/api/clients", json=wish, headers=sent)).json()
        assert (told["code"], told["field"]) == ("BAD_INPUT", "Idempotency-Key"), key


async def test_a_repeat_is_answered_as_the_first_time_and_other_content_is_a_conflict(
    shared_api: Api, tokens: dict[str, str]
) -> None:
    wish = {"organisation": await shared_api.organisation(), "name": "gate", "scopes": ["verify:gate"]}
    clients, key, token = Endpoint("POST", "/clients", ALL), new_id(), tokens["administrator"]
    first, again = [await _ask(shared_api, clients, token, wish, key) for _ in range(2)]
    assert (first.status_code, first.json()) == (201, again.json())
    other = await _ask(shared_api, clients, token, {**wish, "name": "other"}, key)
    assert (other.status_code, other.json()["code"]) == (422, "IDEMPOTENCY_CONFLICT")
    assert len(await shared_api.city.services.clients.of(wish["organisation"])) == 1


async def test_an_administrator_makes_a_client_rotates_its_secret_and_suspends_its_organisation(
    shared_api: Api, tokens: dict[str, str]
) -> None:
    token, organisation = tokens["administrator"], await shared_api.organisation()
    wish = {"organisation": organisation, "name": "gate", "scopes": ["verify:gate"]}
    made = await _ask(shared_api, Endpoint("POST", "/clients", ALL), token, wish)
    assert (made.status_code, made.headers["cache-control"]) == (201, "no-store")
    client, first = made.json()["client_id"], made.json()
    second = await _ask(shared_api, Endpoint("POST", f"/clients/{client}/secrets", ALL), token)
    third = await _ask(shared_api, Endpoint("POST", f"/clients/{client}/secrets", ALL), token)
    assert (second.status_code, third.status_code, third.json()["code"]) == (201, 422, "TWO_SECRETS_ALREADY")
    gone = await _ask(shared_api, Endpoint("DELETE", f"/clients/{client}/secrets/{first['secret_id']}", ALL), token)
    assert gone.status_code == 204

    async def allowed(secret: str) -> int:
        form = {"grant_type": "client_credentials"}
        return int((await shared_api.http.post("/oauth/token", data=form, auth=(client, secret))).status_code)

    assert [await allowed(s) for s in (first["client_secret"], second.json()["client_secret"])] == [401, 200]
    state = Endpoint("PUT", f"/organisations/{organisation}/state", ALL)
    assert (await _ask(shared_api, state, token, {"state": "suspended"})).json()["state"] == "suspended"
    assert await allowed(second.json()["client_secret"]) == 401


async def test_an_administrator_enrols_staff_and_bad_wishes_have_names(shared_api: Api, tokens: dict[str, str]) -> None:
    organisation = await shared_api.organisation()
    wish = {"organisation": organisation, "login": "lin", "name": "林", "password": PASSWORD, "roles": ["seat"]}
    enrol = Endpoint("POST", "/staff", ALL)
    made = await _ask(shared_api, enrol, tokens["administrator"], wish)
    assert made.status_code == 201
    assert made.json()["totp_uri"].startswith("otpauth://totp/")
    for changed, code in (
        ({}, "LOGIN_TAKEN"),
        ({"organisation": "none"}, "ORGANISATION_UNKNOWN"),
        ({"roles": []}, "ROLE_UNFIT"),
        ({"roles": ["administrator"]}, "ROLE_UNFIT"),
        ({"login": "other", "password": "short"}, "PASSWORD_TOO_WEAK"),
    ):
        answer = await _ask(shared_api, enrol, tokens["administrator"], {**wish, **changed})
        assert (answer.status_code, answer.json()["code"]) == (422, code)


async def test_a_revoked_card_is_refused_everywhere(shared_api: Api, tokens: dict[str, str]) -> None:
    person = await shared_api.with_card()
    number = (await shared_api.data("Card", person.token))["number"]
    revoke = Endpoint("POST", "/cards/revocations", ALL)
    spaced = " ".join(number[n : n + 4] for n in range(0, len(number), 4))
    done = await _ask(shared_api, revoke, tokens["operator"], {"number": spaced, "reason": "fraud"})
    assert done.json() == {"number": number, "state": "revoked"}
    again = await _ask(shared_api, revoke, tokens["operator"], {"number": number, "reason": "fraud"})
    assert (again.status_code, again.json()["code"]) == (422, "CARD_NOT_ACTIVE")
    none = await _ask(shared_api, revoke, tokens["operator"], {"number": "0000", "reason": "fraud"})
    assert (none.status_code, none.json()["code"]) == (422, "NO_CARD")
    assert (await shared_api.data("Card", person.token))["state"] == "REVOKED"


async def test_the_desk_signs_in_with_two_factors(shared_api: Api) -> None:
    clerk = await shared_api.clerk(None, "viewer")
    said = clerk.for_the_desk(shared_api.city.clock.now())
    first, again = [await shared_api.http.post("/admin/api/session", json=said) for _ in range(2)]
    assert (first.status_code, first.json()) == (200, again.json())
    assert first.headers["cache-control"] == "no-store"
    for changed in ({"code": "000000"}, {"password": "wrong"}, {"login": "nobody"}):
        other = clerk.for_the_desk(shared_api.city.clock.now(), **changed)
        answer = await shared_api.http.post("/admin/api/session", json=other)
        assert (answer.status_code, answer.json()["code"]) in {(422, "CREDENTIALS_WRONG"), (401, "CREDENTIALS_WRONG")}
    me = await shared_api.http.get("/admin/api/me", headers={"authorization": f"Bearer {first.json()['access_token']}"})
    assert me.json()["roles"] == ["viewer"]


async def test_a_desk_session_goes_on_by_its_refresh_token_at_the_desk_only(shared_api: Api) -> None:
    clerk = await shared_api.clerk(None, "viewer")
    said = clerk.for_the_desk(shared_api.city.clock.now())
    first = (await shared_api.http.post("/admin/api/session", json=said)).json()
    turn = {"refresh_token": first["refresh_token"], "device_id": said["device_id"]}
    there = {"refreshToken": first["refresh_token"], "deviceId": said["device_id"]}
    elsewhere = await shared_api.data("RefreshStaffSession", None, "provider", **there)
    assert elsewhere["code"] == "SESSION_ENDED"
    again = await shared_api.http.post("/admin/api/session/refresh", json=turn)
    assert again.status_code == 200
    (record,) = await shared_api.city.db["audit"].find({"action": "session.refreshed", "actor": clerk.id}).to_list(None)
    assert (record["target"], bool(record["address"])) == (first["refresh_token"].partition(".")[0], True)
    token = again.json()["access_token"]
    me = await shared_api.http.get("/admin/api/me", headers={"authorization": f"Bearer {token}"})
    assert me.json()["roles"] == ["viewer"]


async def test_one_address_cannot_try_passwords_without_end(api: Api) -> None:
    clerk = await api.clerk(None, "viewer")
    now, length = api.city.clock.now().timestamp(), TRIES_PER_ADDRESS.window.total_seconds()
    api.city.clock.advance(seconds=length - now % length)  # type: ignore[attr-defined]  # a window of its own
    tries = [clerk.for_the_desk(api.city.clock.now(), login=f"nobody-{n}") for n in range(TRIES_PER_ADDRESS.most + 1)]
    headers = {"x-test-address": "192.0.2.9"}
    answers = [await api.http.post("/admin/api/session", json=one, headers=headers) for one in tries]
    assert [a.json()["code"] for a in answers[:-1]] == ["CREDENTIALS_WRONG"] * TRIES_PER_ADDRESS.most
    assert (answers[-1].status_code, answers[-1].json()["code"]) == (429, "RATE_LIMITED")
    assert int(answers[-1].headers["retry-after"]) > 0


async def test_staff_of_a_provider_cannot_sign_in_at_the_desk(shared_api: Api) -> None:
    clerk = await shared_api.clerk(await shared_api.organisation(), "supervisor")
    answer = await shared_api.http.post("/admin/api/session", json=clerk.for_the_desk(shared_api.city.clock.now()))
    assert answer.json()["code"] == "CREDENTIALS_WRONG"


async def test_what_an_administrator_did_is_recorded(shared_api: Api, tokens: dict[str, str]) -> None:
    organisation = await shared_api.organisation()
    state = Endpoint("PUT", f"/organisations/{organisation}/state", ALL)
    await _ask(shared_api, state, tokens["administrator"], {"state": "suspended"})
    me = (await _ask(shared_api, Endpoint("GET", "/me", ALL), tokens["administrator"])).json()["staff"]

    async def recorded() -> bool:
        row = await shared_api.city.db["audit"].find_one({"target": organisation, "actor": me})
        return row is not None and row["action"] == "organisation.suspended"

    await soon(recorded)


async def test_a_hospital_is_added_gets_a_client_and_the_client_is_suspended(
    shared_api: Api, tokens: dict[str, str]
) -> None:
    administrator = tokens["administrator"]
    wanted = {"code": "new-hospital", "name": "新医院", "kind": "hospital", "scopes": ["verify:hospital"]}
    for _ in range(2):  # repeating is safe
        made = await _ask(shared_api, Endpoint("PUT", "/organisations", ALL), administrator, wanted)
        assert made.json() == {"code": "new-hospital", "path": [], "scopes": ["verify:hospital"]}
    below = {**wanted, "code": "new-ward", "parent": "nowhere"}
    orphan = await _ask(shared_api, Endpoint("PUT", "/organisations", ALL), administrator, below)
    assert (orphan.status_code, orphan.json()["code"]) == (422, "ORGANISATION_UNKNOWN")

    body = {"organisation": "new-hospital", "name": "desk", "scopes": ["verify:hospital"]}
    client = (await _ask(shared_api, Endpoint("POST", "/clients", ALL), administrator, body)).json()
    who = (client["client_id"], client["client_secret"])
    for suspended, status in ((False, 200), (True, 401), (False, 200)):
        state = Endpoint("PUT", f"/clients/{client['client_id']}/state", ALL)
        done = await _ask(shared_api, state, administrator, {"suspended": suspended})
        assert done.json() == {"client_id": client["client_id"], "suspended": suspended}
        form = {"grant_type": "client_credentials"}
        assert (await shared_api.http.post("/oauth/token", data=form, auth=who)).status_code == status

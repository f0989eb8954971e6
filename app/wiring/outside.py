"""The systems beyond the city's own, and the only place where their gateways are chosen."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

from app.core.charges import Charges, NoPaymentDesk
from app.domains.government.handover.sending.service import Departments
from app.domains.government.shared_data.fetches.service import Source
from app.domains.identity.sign_in.service import SmsSender
from app.domains.identity.verification.service import CivilRegistry
from app.domains.life.culture.library.model import LibrarySystem
from app.domains.life.health.records.service import Source as HealthRecords
from app.domains.life.surroundings.readings.service import Feed
from app.domains.life.surroundings.weather.service import WeatherFeed
from app.domains.life.transit.realtime.service import TransitFeed
from app.domains.payment.bills.asking.service import BillerDesk
from app.domains.payment.gateway.model import PaymentGateway
from app.domains.voice.cases.history.model import CaseChannel
from app.domains.voice.channels.intake.answers.service import Messenger
from app.domains.voice.channels.neighbours.sending.model import Doors
from app.gateways.billers import HttpBillers
from app.gateways.charges import HttpCharges
from app.gateways.departments import HttpDepartments
from app.gateways.exchange import PATIENCE, HttpExchange, NoExchange
from app.gateways.health import PATIENCE as HEALTH_PATIENCE
from app.gateways.health import HttpHealth, NoHealth
from app.gateways.http import HttpGateway
from app.gateways.library import Access, SipLibrary
from app.gateways.messengers import QQ, HttpMail, SmsMessenger, WeChat
from app.gateways.neighbours import HttpDoors
from app.gateways.payment import HttpPaymentGateway
from app.gateways.pinned import PinnedHttp
from app.gateways.registry import HttpCivilRegistry
from app.gateways.sms import HttpSms
from app.gateways.surroundings import HttpSurroundings
from app.gateways.transit import HttpTransitFeed
from app.settings import Settings
from notifications.channels.base import PushChannel, SmsChannel
from notifications.channels.late import LatePush
from notifications.channels.sms import GatewaySms
from notifications.channels.targets import TargetRules, networks
from notifications.channels.webhook import HttpWebhooks, WebhookChannel


class SurroundingsFeed(Feed, WeatherFeed, Protocol):
    """Who measures air and water, and warns of the weather."""


class Closing(Protocol):
    async def aclose(self) -> None: ...


@dataclass(frozen=True, slots=True)
class Outside:
    """The systems beyond the city's own. Tests hand in their own; the city talks HTTP to the addresses in settings.

    `sms` sends a code to who waits for it; `texts` is the channel by which the worker tells people.
    """

    sms: SmsSender
    registry: CivilRegistry
    push: PushChannel
    texts: SmsChannel
    webhooks: WebhookChannel
    to_close: tuple[Closing, ...] = ()
    charges: Charges = field(default_factory=NoPaymentDesk)
    departments: Departments = field(default_factory=HttpDepartments)
    exchange: Source = field(default_factory=NoExchange)
    health: HealthRecords = field(default_factory=NoHealth)
    doors: Doors = field(default_factory=lambda: HttpDoors(PinnedHttp(TargetRules(near=True))))
    messengers: Mapping[CaseChannel, Messenger] = field(default_factory=dict)
    gateway: PaymentGateway | None = None
    billers: BillerDesk = field(default_factory=HttpBillers)
    library: LibrarySystem | None = None
    transit: TransitFeed | None = None
    surroundings: SurroundingsFeed | None = None


def outside(settings: Settings) -> Outside:
    sms = HttpSms(str(settings.sms_url), settings.sms_key)
    registry = HttpCivilRegistry(str(settings.registry_url), settings.registry_key)
    push = LatePush(lambda: _fcm(settings))
    reports = settings.sms_callback_key is not None and settings.sms_callback_key.get_secret_value() != ""
    texts = GatewaySms(sms, f"{str(settings.base_url).rstrip('/')}/callbacks/sms" if reports else None)
    rules = TargetRules(near=settings.development, refused=networks(settings.webhook_refused_networks))
    webhooks, charges = HttpWebhooks(rules), _charges(settings)
    to_close: tuple[Closing, ...] = (sms, registry, push, webhooks)
    if isinstance(charges, HttpCharges):
        to_close = (*to_close, charges)
    departments, exchange = _departments(settings), _exchange(settings)
    to_close = (*to_close, departments, *((exchange,) if isinstance(exchange, HttpExchange) else ()))
    health = _health(settings)
    to_close = (*to_close, *((health,) if isinstance(health, HttpHealth) else ()))
    doors = HttpDoors(PinnedHttp(rules), rest=10.0 / settings.neighbour_pace)
    to_close = (*to_close, doors)
    messengers = _messengers(settings, sms)
    to_close = (*to_close, *(one for one in messengers.values() if isinstance(one, HttpGateway)))
    gateway, billers, transit = _gateway(settings), _billers(settings), _transit(settings)
    library, surroundings = _library(settings), _surroundings(settings)
    return Outside(
        sms,
        registry,
        push,
        texts,
        webhooks,
        (*to_close, billers, *(one for one in (gateway, transit, library, surroundings) if one is not None)),
        charges,
        departments,
        exchange,
        health,
        messengers=messengers,
        gateway=gateway,
        billers=billers,
        library=library,
        transit=transit,
        surroundings=surroundings,
    )


def _fcm(settings: Settings) -> PushChannel:
    from notifications.channels.fcm import FcmChannel  # noqa: PLC0415  (what it imports is large; see `LatePush`)

    return FcmChannel(settings.fcm_credentials, fcm_url=str(settings.fcm_url).rstrip("/") if settings.fcm_url else None)


def _messengers(settings: Settings, sms: HttpSms) -> dict[CaseChannel, Messenger]:
    """By what senders and callers are answered: the channels that the settings know."""
    found: dict[CaseChannel, Messenger] = {CaseChannel.SMS: SmsMessenger(sms)}
    if settings.wechat_url and settings.wechat_app_id and settings.wechat_secret:
        found[CaseChannel.WECHAT] = WeChat(str(settings.wechat_url), settings.wechat_app_id, settings.wechat_secret)
    if settings.qq_url and settings.qq_app_id and settings.qq_secret:
        tokens = str(settings.qq_token_url)
        found[CaseChannel.QQ] = QQ(str(settings.qq_url), tokens, settings.qq_app_id, settings.qq_secret)
    if settings.mail_url and settings.mail_key:
        found[CaseChannel.MAIL] = HttpMail(str(settings.mail_url), settings.mail_key)
    return found


def _departments(settings: Settings) -> HttpDepartments:
    own = {system: (str(access.url), access.key) for system, access in settings.departments_own.items()}
    url = str(settings.departments_url) if settings.departments_url else None
    pushed_to = f"{str(settings.base_url).rstrip('/')}/callbacks/departments"
    return HttpDepartments(url, settings.departments_key, report_to=pushed_to, own=own, pace=settings.handover_pace)


def _exchange(settings: Settings) -> Source:
    if settings.exchange_url is None or settings.exchange_key is None:
        return NoExchange()
    return HttpExchange(str(settings.exchange_url), settings.exchange_key, patience=PATIENCE)


def _health(settings: Settings) -> HealthRecords:
    if settings.health_url is None or settings.health_key is None:
        return NoHealth()
    return HttpHealth(str(settings.health_url), settings.health_key, patience=HEALTH_PATIENCE)


def _charges(settings: Settings) -> Charges:
    if settings.charges_url is None or settings.charges_key is None:
        return NoPaymentDesk()
    return HttpCharges(str(settings.charges_url), settings.charges_key)


def _billers(settings: Settings) -> HttpBillers:
    return HttpBillers(str(settings.billers_url) if settings.billers_url else None, settings.billers_key)


def _transit(settings: Settings) -> HttpTransitFeed | None:
    """None: in this city nothing is heard of buses under way."""
    return (
        HttpTransitFeed([str(url) for url in settings.transit_urls], settings.transit_key)
        if settings.transit_urls
        else None
    )


def _surroundings(settings: Settings) -> HttpSurroundings | None:
    """None: in this city nobody is asked; who runs a station may report."""
    if settings.surroundings_url is None or settings.surroundings_key is None:
        return None
    return HttpSurroundings(str(settings.surroundings_url), settings.surroundings_key)


def _gateway(settings: Settings) -> HttpPaymentGateway | None:
    """None: this city takes and pays nothing by a gateway."""
    if settings.gateway_url is None or settings.gateway_key is None or settings.gateway_notice_key is None:
        return None
    told_at = f"{str(settings.base_url).rstrip('/')}/payment/notices/gateway"
    return HttpPaymentGateway(str(settings.gateway_url), settings.gateway_key, settings.gateway_notice_key, told_at)


def _library(settings: Settings) -> SipLibrary | None:
    """None: this city has no library to ask."""
    if settings.library_sip is None or settings.library_password is None or settings.library_search_url is None:
        return None
    host, _, port = settings.library_sip.rpartition(":")
    access = Access(
        host,
        int(port),
        settings.library_user,
        settings.library_password,
        settings.library_institution,
        str(settings.library_search_url),
    )
    return SipLibrary(access)

"""The systems beyond the city's own, and the only place where their gateways are chosen."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from app.domains.identity.sign_in.service import SmsSender
from app.domains.identity.verification.service import CivilRegistry
from app.gateways.registry import HttpCivilRegistry
from app.gateways.sms import HttpSms
from app.settings import Settings
from notifications.channels.base import PushChannel, SmsChannel
from notifications.channels.fcm import FcmChannel
from notifications.channels.sms import GatewaySms
from notifications.channels.targets import TargetRules, networks
from notifications.channels.webhook import HttpWebhooks, WebhookChannel


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


def outside(settings: Settings) -> Outside:
    sms = HttpSms(str(settings.sms_url), settings.sms_key)
    registry = HttpCivilRegistry(str(settings.registry_url), settings.registry_key)
    push = FcmChannel(settings.fcm_credentials, fcm_url=str(settings.fcm_url).rstrip("/") if settings.fcm_url else None)
    reports = settings.sms_callback_key is not None and settings.sms_callback_key.get_secret_value() != ""
    texts = GatewaySms(sms, f"{str(settings.base_url).rstrip('/')}/callbacks/sms" if reports else None)
    rules = TargetRules(near=settings.development, refused=networks(settings.webhook_refused_networks))
    webhooks = HttpWebhooks(rules)
    return Outside(sms, registry, push, texts, webhooks, (sms, registry, push, webhooks))

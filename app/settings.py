"""Everything that differs between cities and machines, read once from the environment (`RONG_…`) and frozen.

No secret has a default: `rong run` makes a set for a laptop under `var/`; a city makes its own by `rong secrets`.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from functools import cached_property
from pathlib import Path

from pydantic import AnyHttpUrl, BaseModel, Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict


class Environment(StrEnum):
    DEVELOPMENT = "development"
    PRODUCTION = "production"


class Driver(StrEnum):
    PYMONGO = "pymongo"
    MOTOR = "motor"


class DepartmentAccess(BaseModel, frozen=True):
    url: AnyHttpUrl
    key: SecretStr


class Settings(BaseSettings):
    model_config = SettingsConfigDict(env_prefix="RONG_", env_ignore_empty=True, frozen=True, extra="ignore")

    environment: Environment = Environment.PRODUCTION
    base_url: AnyHttpUrl = AnyHttpUrl("http://127.0.0.1:8000")
    city: str = "福州市"
    city_en: str = Field(default="Fuzhou", description="its name in English")
    city_division: str = Field(
        default="350100000000", pattern=r"^[0-9]{12}$", description="the code of the city's own government"
    )
    open311_jurisdiction: str = Field(
        default="fuzhou.gov.cn", pattern=r"^[a-z0-9.-]{1,100}$", description="by which name Open311 knows the city"
    )

    mongodb_uri: SecretStr
    mongodb_database: str = "rong"
    mongodb_driver: Driver = Driver.PYMONGO
    mongodb_timeout_ms: int = Field(default=10_000, description="limit of one database operation, retries included")

    data_keys: SecretStr = Field(
        description="`id:base64` of 256-bit keys, comma-separated; the first one seals, all open"
    )
    lookup_key: SecretStr = Field(description="base64 of the 256-bit key under which sealed values are looked up")

    sms_url: AnyHttpUrl
    sms_key: SecretStr
    sms_callback_key: SecretStr | None = Field(
        default=None, description="under which the gateway signs its delivery reports; two, comma-separated, meanwhile"
    )
    wechat_url: AnyHttpUrl | None = Field(default=None, description="WeChat's API, for answers to who wrote by it")
    wechat_app_id: str | None = None
    wechat_secret: SecretStr | None = None
    wechat_token: SecretStr | None = Field(default=None, description="under which WeChat signs what it passes on")
    wechat_aes_key: SecretStr | None = Field(
        default=None,
        description="EncodingAESKey: with it only encrypted messages are taken, which alone are signed whole",
    )
    qq_url: AnyHttpUrl | None = Field(default=None, description="QQ's API for bots")
    qq_token_url: AnyHttpUrl = AnyHttpUrl("https://bots.qq.com")
    qq_app_id: str | None = None
    qq_secret: SecretStr | None = None
    mail_url: AnyHttpUrl | None = Field(default=None, description="the mail gateway, for answers to who wrote by mail")
    mail_key: SecretStr | None = None
    mail_inbound_key: SecretStr | None = Field(default=None, description="under which it signs the mail it passes on")
    registry_url: AnyHttpUrl
    registry_key: SecretStr
    departments_url: AnyHttpUrl | None = Field(
        default=None, description="the platform by which systems of departments are reached: `{url}/{system}/…`"
    )
    departments_key: SecretStr | None = None
    departments_callback_key: SecretStr | None = Field(
        default=None, description="from which each system's key is derived, under which it signs what it pushes"
    )
    departments_own: Mapping[str, DepartmentAccess] = Field(
        default={}, description="systems with an address of their own, as JSON: `{system: {url, key}}`"
    )
    departments_systems: tuple[str, ...] = Field(
        default=(), description="systems that the platform leads to, as JSON; an offer may name these and no others"
    )
    handover_pace: float = Field(default=1.0, gt=0, description="for tests: waits of the hand-over are divided by it")
    exchange_url: AnyHttpUrl | None = Field(default=None, description="by which departments ask each other for data")
    exchange_key: SecretStr | None = None
    health_url: AnyHttpUrl | None = Field(default=None, description="the hospitals' records, by FHIR R4")
    health_key: SecretStr | None = None
    charges_url: AnyHttpUrl | None = Field(default=None, description="the payment desk, for bookings with a fee")
    charges_key: SecretStr | None = None
    gateway_url: AnyHttpUrl | None = Field(default=None, description="the payment gateway: how money comes and goes")
    gateway_key: SecretStr | None = None
    gateway_notice_key: SecretStr | None = Field(
        default=None, description="under which it signs its notices and files; two, comma-separated, meanwhile"
    )
    billers_url: AnyHttpUrl | None = Field(
        default=None, description="the platform by which billers are asked for bills: `{url}/{system}/…`"
    )
    billers_key: SecretStr | None = None
    library_sip: str | None = Field(
        default=None, pattern=r"^[A-Za-z0-9.-]+:[0-9]{1,5}$", description="the library's system, by SIP2: `host:port`"
    )
    library_user: str = ""
    library_password: SecretStr | None = None
    library_institution: str = Field(default="", description="its own code there")
    library_search_url: AnyHttpUrl | None = Field(default=None, description="its catalogue, by SRU")
    transit_urls: tuple[AnyHttpUrl, ...] = Field(
        default=(), description="the operator's live feed (GTFS-Realtime), one address or several, as JSON"
    )
    transit_key: SecretStr | None = Field(default=None, description="sent to it as a bearer key, where it wants one")
    surroundings_url: AnyHttpUrl | None = Field(
        default=None, description="who measures air and water, and warns of the weather"
    )
    surroundings_key: SecretStr | None = None
    neighbour_url: AnyHttpUrl | None = Field(
        default=None, description="development: the stand-in of a neighbouring city, which the seed makes known"
    )
    neighbour_key: SecretStr | None = None
    neighbour_pace: float = Field(default=1.0, gt=0, description="for tests: waits for neighbouring cities, divided")
    fcm_credentials: Path = Field(description="the service account's JSON file")
    fcm_url: AnyHttpUrl | None = Field(
        default=None, description="only for a stand-in: where FCM's send call is answered"
    )

    synonyms_file: Path | None = Field(
        default=None, description="words that mean the same in searches, in place of those that ship with the city"
    )

    webhook_refused_networks: tuple[str, ...] = Field(
        default=(), description="networks that webhooks must not reach, beside all that are not public"
    )

    mocks_url: AnyHttpUrl | None = Field(default=None, description="development: the stand-ins' page, to link to")
    demo_file: Path | None = Field(default=None, description="development: who and what the seed made, to show")

    audit_kept_days: int = Field(
        default=1095, ge=183, description="how long records of the audit stay: three years, and never below six months"
    )

    desk: bool = Field(default=True, description="whether an API process serves the console and its endpoints, too")

    origins: tuple[str, ...] = Field(default=(), description="web origins that may open a WebSocket")
    trusted_proxies: str = Field(default="127.0.0.1", description="whose X-Forwarded-For is believed; comma-separated")
    metrics_token: SecretStr | None = Field(
        default=None, description="who may read /metrics; in production nobody without"
    )
    otlp_endpoint: AnyHttpUrl | None = None
    log_level: str = "INFO"

    @property
    def city_names(self) -> tuple[str, str]:
        """The Chinese name and the English one, empty where only the Chinese was said."""
        half = "city" in self.model_fields_set and "city_en" not in self.model_fields_set
        return self.city, "" if half else self.city_en

    @cached_property
    def development(self) -> bool:
        return self.environment is Environment.DEVELOPMENT

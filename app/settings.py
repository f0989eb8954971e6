"""Everything that differs between cities and machines, read once from the environment (`RONG_…`) and frozen.

No secret has a default: `rong run` makes a set for a laptop under `var/`; a city makes its own by `rong secrets`.
"""

from __future__ import annotations

from enum import StrEnum
from functools import cached_property
from pathlib import Path

from pydantic import AnyHttpUrl, Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict


class Environment(StrEnum):
    DEVELOPMENT = "development"
    PRODUCTION = "production"


class Driver(StrEnum):
    PYMONGO = "pymongo"
    MOTOR = "motor"


class Settings(BaseSettings):
    model_config = SettingsConfigDict(env_prefix="RONG_", env_ignore_empty=True, frozen=True, extra="ignore")

    environment: Environment = Environment.PRODUCTION
    base_url: AnyHttpUrl = AnyHttpUrl("http://127.0.0.1:8000")
    city: str = "福州市"

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
    registry_url: AnyHttpUrl
    registry_key: SecretStr
    fcm_credentials: Path = Field(description="the service account's JSON file")
    fcm_url: AnyHttpUrl | None = Field(
        default=None, description="only for a stand-in: where FCM's send call is answered"
    )

    webhook_refused_networks: tuple[str, ...] = Field(
        default=(), description="networks that webhooks must not reach, beside all that are not public"
    )

    mocks_url: AnyHttpUrl | None = Field(default=None, description="development: the stand-ins' page, to link to")
    demo_file: Path | None = Field(default=None, description="development: who and what the seed made, to show")

    audit_kept_days: int = Field(
        default=1095, ge=183, description="how long records of the audit stay: three years, and never below six months"
    )

    origins: tuple[str, ...] = Field(default=(), description="web origins that may open a WebSocket")
    trusted_proxies: str = Field(default="127.0.0.1", description="whose X-Forwarded-For is believed; comma-separated")
    metrics_token: SecretStr | None = Field(
        default=None, description="who may read /metrics; in production nobody without"
    )
    otlp_endpoint: AnyHttpUrl | None = None
    log_level: str = "INFO"

    @cached_property
    def development(self) -> bool:
        return self.environment is Environment.DEVELOPMENT

"""The demo file that the seed wrote: invented people and this laptop's own providers, to be shown to a newcomer."""

from __future__ import annotations

import shlex
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


class DemoPerson(_Part):
    name: str
    name_en: str
    phone: str
    id_number: str
    verified: bool
    line_zh: str
    line_en: str


class DemoDepartment(_Part):
    """Without a `name_en` it goes by its Chinese name."""

    organisation: str
    name: str
    name_en: str = ""
    scopes: tuple[str, ...]
    client_id: str
    client_secret: str

    def token_command(self, base_url: str) -> str:
        """A shell command that gets a token; what the file holds stays one word each."""
        credentials = shlex.quote(f"{self.client_id}:{self.client_secret}")
        return f"curl -u {credentials} -d grant_type=client_credentials {shlex.quote(base_url + '/oauth/token')}"


class DemoProvider(DemoDepartment):
    kind: str


class DemoStaff(_Part):
    organisation: str
    login: str
    password: str
    totp_uri: str
    role: str = ""


class DemoDesk(_Part):
    role: str
    login: str
    password: str
    totp_uri: str


class Demo(_Part):
    people: tuple[DemoPerson, ...] = ()
    providers: tuple[DemoProvider, ...] = ()
    departments: tuple[DemoDepartment, ...] = ()
    payees: tuple[DemoDepartment, ...] = ()
    staff: tuple[DemoStaff, ...] = ()
    desk: tuple[DemoDesk, ...] = ()
    trials: tuple[DemoProvider, ...] = ()


def read_demo(file: Path | None) -> Demo | None:
    """None when there is no file, or none that can be understood: the page says so and goes on."""
    if file is None:
        return None
    try:
        return Demo.model_validate_json(file.read_bytes())
    except (OSError, ValidationError):
        return None

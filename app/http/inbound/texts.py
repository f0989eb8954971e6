"""Text messages, as the SMS gateway passes them on: `{"messages": [{"message_id", "from", "text", "at", "verified"}]}`.

A number can be forged. `verified` is for a gateway that knows from the network itself whose the message is.
"""

from __future__ import annotations

from pydantic import AwareDatetime, BaseModel, Field, ValidationError

from app.core.errors import BadInput
from app.domains.voice.cases.history.model import CaseChannel
from app.domains.voice.channels.intake.model import Heard
from app.http.inbound.model import Keys, Reading, Received, demand_signed, sent_at


class _Text(BaseModel):
    message_id: str = Field(min_length=1, max_length=256)
    sender: str = Field(alias="from", pattern=r"^\+?[0-9]{3,20}$")
    text: str = Field(max_length=10_000)
    at: AwareDatetime
    verified: bool = False


class _Texts(BaseModel):
    messages: list[_Text] = Field(min_length=1, max_length=100)


class TextMessages:
    """Signed with `RONG_SMS_CALLBACK_KEY`, as delivery reports are."""

    path = "/inbound/sms"
    methods = ("POST",)

    def __init__(self, keys: Keys) -> None:
        self._keys = keys

    def read(self, received: Received) -> Reading:
        """Raises Unauthenticated, BadInput."""
        demand_signed(self._keys, "sms", received)
        try:
            told = _Texts.model_validate_json(received.body)
        except ValidationError:
            raise BadInput(field="messages") from None
        return Reading(tuple(_heard(one, received) for one in told.messages))


def _heard(one: _Text, received: Received) -> Heard:
    at = sent_at(one.at, received.at)
    return Heard(CaseChannel.SMS, one.message_id, one.sender, one.text, at, verified=one.verified)

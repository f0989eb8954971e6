"""What a seat writes down of a caller."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import phonenumbers

from app.domains.voice.cases.history.model import CaseChannel, CaseKind
from app.domains.voice.channels.intake.errors import CallerNumberInvalid

SEATED: Final = frozenset(
    {CaseChannel.PHONE, CaseChannel.COUNTER, CaseChannel.KIOSK, CaseChannel.WECHAT, CaseChannel.QQ, CaseChannel.MAIL}
)

_PEOPLES: Final = frozenset(
    {
        phonenumbers.PhoneNumberType.MOBILE,
        phonenumbers.PhoneNumberType.FIXED_LINE,
        phonenumbers.PhoneNumberType.FIXED_LINE_OR_MOBILE,
    }
)
_HERE: Final = 86


@dataclass(frozen=True, slots=True)
class CallerFiling:
    """`phone` is where the number of the case goes; `public` is what the caller wished. The place by its point, or by
    its division and address.
    """

    kind: CaseKind
    channel: CaseChannel
    category: str
    title: str
    text: str
    phone: str
    name: str | None = None
    latitude: float | None = None
    longitude: float | None = None
    division: str | None = None
    address: str = ""
    asset: str | None = None
    confidential: bool = False
    public: bool = False
    english: bool = False


def e164(raw: str) -> str:
    """The number of somebody's telephone, in the form that gateways take. None that costs whoever calls it, is a
    company's or has an extension. Raises CallerNumberInvalid.
    """
    try:
        number = phonenumbers.parse(raw, "CN")
    except phonenumbers.NumberParseException:
        raise CallerNumberInvalid from None
    good = phonenumbers.is_valid_number(number) and phonenumbers.number_type(number) in _PEOPLES
    if not good or number.extension:
        raise CallerNumberInvalid
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def is_texted(phone: str) -> bool:
    """Not abroad: that is dear, and a way to have this city pay for it. The seat reads the number of the case out."""
    try:
        return phonenumbers.parse(phone, "CN").country_code == _HERE
    except phonenumbers.NumberParseException:
        return False

"""A citizen, and the forms of a phone number, a name and an ID number."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

import phonenumbers
from stdnum.cn import ric
from stdnum.exceptions import InvalidComponent, ValidationError

from app.core.viewer import Assurance, Viewer
from app.domains.identity.citizens.errors import IdNumberFault, IdNumberInvalid, NameInvalid, PhoneInvalid, TagInvalid

# Chinese characters, the middle dot of minority names, and Latin names of residents from abroad.
_LETTER = r"㐀-鿿\U00020000-\U000323af〇a-zA-ZÀ-ÖØ-öø-ž"
_NAME = re.compile(rf"[{_LETTER}][{_LETTER}· .'-]{{1,49}}")
# Keyboards have several dots for the one (U+00B7) that the registry writes.
_DOTS = re.compile(r"[•‧∙⋅・･]")
_LEVELS = (2, 4, 6, 9, 12)  # digits of a province's code by GB/T 2260, a city's, a county's, a township's, a village's


class Sex(StrEnum):
    FEMALE = "female"
    MALE = "male"


@dataclass(frozen=True, slots=True)
class IdNumber:
    """A resident identity number by GB 11643-1999, with what it says of its holder."""

    text: str
    birth: date
    sex: Sex

    @classmethod
    def parse(cls, raw: str) -> IdNumber:
        """Checks length, date of birth and check digit; not the area, whose table is never complete.

        Raises IdNumberInvalid.
        """
        text = raw.strip().replace(" ", "").upper()
        if not re.fullmatch(r"[0-9]{17}[0-9X]", text):
            raise IdNumberInvalid(IdNumberFault.FORM)
        try:
            birth: date = ric.get_birth_date(text)
        except (InvalidComponent, ValidationError, ValueError):
            raise IdNumberInvalid(IdNumberFault.DATE) from None
        if ric.calc_check_digit(text) != text[-1]:
            raise IdNumberInvalid(IdNumberFault.CHECK_DIGIT)
        return cls(text, birth, Sex.MALE if int(text[16]) % 2 else Sex.FEMALE)

    @property
    def birth_month(self) -> str:
        return self.birth.strftime("%Y-%m")


def parse_phone(raw: str) -> str:
    """A mobile number in E.164; numbers without country code are Chinese. Raises PhoneInvalid."""
    try:
        number = phonenumbers.parse(raw, "CN")
    except phonenumbers.NumberParseException:
        raise PhoneInvalid from None
    mobile = (phonenumbers.PhoneNumberType.MOBILE, phonenumbers.PhoneNumberType.FIXED_LINE_OR_MOBILE)
    if not phonenumbers.is_valid_number(number) or phonenumbers.number_type(number) not in mobile:
        raise PhoneInvalid
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def parse_name(raw: str) -> str:
    """A person's name as in the civil registry. Raises NameInvalid."""
    name = _DOTS.sub("·", re.sub(r"\s+", " ", raw.strip()))
    if not _NAME.fullmatch(name):
        raise NameInvalid
    return name


def parse_tags(raw: Collection[str]) -> frozenset[str]:
    """Names of groups: a small letter, then up to 39 small letters, digits and underscores. Raises TagInvalid."""
    for tag in raw:
        if not re.fullmatch(r"[a-z][a-z0-9_]{1,39}", tag):
            raise TagInvalid(tag[:40])
    return frozenset(raw)


def mask_name(name: str) -> str:
    """`林` and a star for each further character: enough for the holder to know it is theirs."""
    return name[0] + "*" * (len(name) - 1)


def mask_phone(phone: str) -> str:
    """All but the first digits and the last four hidden: `+86 199****0001`; of a short number fewer are shown."""
    return f"{phone[:3]} {phone[3 : min(6, len(phone) - 8)]}****{phone[-4:]}"


def mask_id_number(number: str) -> str:
    """The first and the last character, as the rules on showing personal data have it."""
    return f"{number[0]}{'*' * (len(number) - 2)}{number[-1]}"


@dataclass(frozen=True, slots=True)
class Citizen:
    """`birth_month` is `YYYY-MM`: what rules on age need, and no more. `test_of` is the organisation that a test
    citizen was made for: nobody else can reach him, and nothing leaves the city on his account.
    """

    id: str
    created_at: datetime
    assurance: Assurance = Assurance.PHONE
    phone: str | None = None
    name: str | None = None
    sex: Sex | None = None
    birth_month: str | None = None
    household: str | None = None
    division: str | None = None
    verified_at: datetime | None = None
    test_of: str | None = None
    tags: tuple[str, ...] = ()

    def within_reach(self, of: Viewer) -> bool:
        """In test mode an organisation reaches its own test citizens and no others; else real people only."""
        return self.test_of == (of.organisation if of.test_mode else None)

    @property
    def verified(self) -> bool:
        return self.assurance is Assurance.REAL_NAME

    def has_reached(self, years: int, on: date) -> bool:
        """Whether the person is at least so old on that day; counted from the month after the birthday's."""
        if self.birth_month is None:
            return False
        born = date.fromisoformat(f"{self.birth_month}-01")
        return (on.year - born.year) * 12 + on.month - born.month > years * 12


@dataclass(frozen=True, slots=True)
class Group:
    """People who have all of this in common: they live in any of the `districts` (by `significant` codes), were born
    in these months (`YYYY-MM`), have any of the `tags`, used any of the `services`. `test_of` None means real people.
    """

    districts: tuple[str, ...] = ()
    born_after: str | None = None
    born_until: str | None = None
    tags: tuple[str, ...] = ()
    services: tuple[str, ...] = ()
    test_of: str | None = None


def significant(code: str) -> str:
    """The beginning of a code of GB/T 2260 that its whole area has in common: 350102000000 is 350102."""
    return next((code[:end] for end in _LEVELS if not code[end:].strip("0")), code)


def areas_of(division: str) -> list[str]:
    """Every area it lies in, itself among them: 350102001000 lies in 35, 3501, 350102 and 350102001."""
    return list(dict.fromkeys(significant(division[:end]) for end in _LEVELS))


def is_minor(birth: date, on: date) -> bool:
    return on < birthday(birth, 18)


def is_elder(birth: date, on: date) -> bool:
    return on >= birthday(birth, 60)


def birthday(birth: date, years: int) -> date:
    """The day on which someone reaches that age; born on 29 February, the 1st of March in other years."""
    try:
        return birth.replace(year=birth.year + years)
    except ValueError:
        return date(birth.year + years, 3, 1)

"""A disclosure: who learned what of a citizen, for which purpose, when. It is never changed; a dispute is added."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from app.core.ids import new_id
from app.core.viewer import Viewer
from virtual_card.disclosures.errors import AlreadyDisputed, NotDisputed, OwnLookUp


class Channel(StrEnum):
    ONLINE_CODE = "online_code"
    STAFF_READ = "staff_read"
    LICENCE_CODE = "licence_code"
    SHARED_DATA = "shared_data"


class DisputeState(StrEnum):
    OPEN = "open"
    UPHELD = "upheld"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"  # who disputed left the city


_ANSWERS = (DisputeState.UPHELD, DisputeState.REJECTED)


class Told(StrEnum):
    """What can have been told of a citizen: what a code tells by its purpose, and what the desk alone may look at."""

    RESIDENT = "resident"
    OVER_60 = "over_60"
    UNDER_18 = "under_18"
    MASKED_NAME = "masked_name"
    NAME = "name"
    SEX = "sex"
    BIRTH_MONTH = "birth_month"
    CARD_NUMBER = "card_number"
    PHONE = "phone"
    ID_NUMBER = "id_number"
    PHOTO = "photo"
    BIRTH = "birth"
    LICENCE = "licence"  # that he holds one of its kind, and that it is good
    LICENCE_NUMBER = "licence_number"
    LICENCE_FACTS = "licence_facts"  # what else stands on it
    CORRECTION = "correction"  # what he wrote to the city of what is wrong
    DISPUTE = "dispute"  # why he disputes a look-up
    APPLICATION = "application"  # what he wrote and handed in to apply for something
    CASE = "case"  # what he reported, asked or complained of, and that it was he


@dataclass(frozen=True, slots=True)
class Dispute:
    """`reason` in the citizen's words, `answer` in those of the desk; None when he was erased or it is not answered
    yet, and in lists of the desk.
    """

    reason: str | None
    at: datetime
    state: DisputeState = DisputeState.OPEN
    answer: str | None = None
    answered_at: datetime | None = None
    answered_by: str | None = None


@dataclass(frozen=True, slots=True)
class Disclosure:
    """`attributes` are the names of what was told, not the values: words of `Told`, and of shared data the fields of a
    set (`household.members`). `verifier` is the client or member of staff. One of a `test` is of a test citizen, and
    seen in test mode only. `licence` is the kind of the licence that was shown.
    """

    id: str
    citizen: str
    organisation: str
    verifier: str
    purpose: str
    attributes: tuple[str, ...]
    channel: Channel
    at: datetime
    dispute: Dispute | None = None
    test: bool = False
    licence: str | None = None

    @classmethod
    def new(
        cls, by: Viewer, citizen: str, purpose: str, attributes: tuple[str, ...], channel: Channel, at: datetime
    ) -> Disclosure:
        organisation = by.organisation or by.role.value
        return cls(new_id(), citizen, organisation, by.acting(), purpose, attributes, channel, at, test=by.test_mode)

    @property
    def shared(self) -> bool:
        """Whether it was of the data that departments share."""
        return self.channel is Channel.SHARED_DATA

    def disputed(self, reason: str, at: datetime) -> Disclosure:
        """Raises AlreadyDisputed."""
        if self.dispute is not None:
            raise AlreadyDisputed
        return replace(self, dispute=Dispute(reason, at))

    def answered(self, state: DisputeState, answer: str, by: str, at: datetime) -> Disclosure:
        """Raises NotDisputed, OwnLookUp."""
        if self.dispute is None or self.dispute.state is not DisputeState.OPEN or state not in _ANSWERS:
            raise NotDisputed
        if self.verifier == by:
            raise OwnLookUp
        settled = replace(self.dispute, state=state, answer=answer, answered_at=at, answered_by=by)
        return replace(self, dispute=settled)

"""Signing in by a code sent to the phone. A number that is not known yet becomes a new account."""

from __future__ import annotations

import hmac
import secrets
from dataclasses import dataclass
from typing import Protocol

from pydantic import TypeAdapter

from app.core.clock import Clock
from app.core.errors import RateLimited, Unavailable
from app.core.idempotency import Call, Idempotency
from app.core.ids import new_id
from app.core.limits import Limits
from app.core.messages import message
from app.core.mongo import Tx
from app.core.tallies import Counting, refusals, uncounted
from app.core.viewer import ANONYMOUS, Assurance, Origin
from app.domains.identity.citizens.model import Citizen, parse_phone
from app.domains.identity.citizens.store import CitizenStore
from app.domains.identity.sessions.model import Audience, Device, Session, Tokens
from app.domains.identity.sessions.service import SessionService
from app.domains.identity.sign_in.errors import OtpNoLongerValid, OtpWrong, SmsRefused, SmsUnavailable, TooManyCodes
from app.domains.identity.sign_in.model import (
    CHALLENGE_LIFE,
    MOST_TRIES,
    PER_ADDRESS,
    PER_DEVICE,
    PER_PHONE,
    PER_PHONE_AND_DAY,
    TRIES_PER_ADDRESS,
    Challenge,
)
from app.domains.identity.sign_in.store import ChallengeStore

_CHALLENGE = TypeAdapter(Challenge)


class SmsSender(Protocol):
    async def send(self, *, to: str, text: str, message_id: str) -> None:
        """Raises Unavailable, SmsRefused. The same `message_id` is sent once."""
        ...


@dataclass(frozen=True, slots=True)
class SignedIn:
    citizen: str
    tokens: Tokens


_SIGNED_IN = TypeAdapter(SignedIn)


def claims_of(citizen: Citizen) -> dict[str, str]:
    """What an access token says of a citizen beyond his id."""
    whose = {} if citizen.test_of is None else {"test": citizen.test_of}
    return {"aal": citizen.assurance.value, **whose}


class SignInService:
    def __init__(
        self,
        challenges: ChallengeStore,
        citizens: CitizenStore,
        sessions: SessionService,
        sms: SmsSender,
        limits: Limits,
        idempotency: Idempotency,
        clock: Clock,
        count: Counting = uncounted,
    ) -> None:
        self._challenges = challenges
        self._citizens = citizens
        self._sessions = sessions
        self._sms = sms
        self._limits = limits
        self._idempotency = idempotency
        self._clock = clock
        self._count = count

    async def request_code(self, phone: str, device: str, address: str, locale: str, key: str) -> Challenge:
        """Send a code. Raises PhoneInvalid, TooManyCodes, SmsUnavailable, SmsRefused, IdempotencyConflict."""
        number = parse_phone(phone)
        call = Call.of(ANONYMOUS, "requestOtp", key, number, device, kept_by=device)
        before = await self._idempotency.replay(call, _CHALLENGE)
        if before is not None:
            return before
        await self._within_limits(number, device, address)
        challenge = Challenge(new_id(), self._clock.now() + CHALLENGE_LIFE)
        code = f"{secrets.randbelow(1_000_000):06d}"

        async def work(tx: Tx) -> Challenge:
            await self._challenges.add(challenge, number, code, tx)
            return challenge

        kept = await self._idempotency.once(call, _CHALLENGE, work, kept=CHALLENGE_LIFE)
        if kept.id == challenge.id:  # of parallel calls with one key, the one that made the challenge sends
            await self._deliver(call, challenge, number, code, locale)
        return kept

    async def sign_in(self, challenge: str, code: str, device: Device, origin: Origin, key: str) -> SignedIn:
        """Raises OtpWrong, OtpNoLongerValid, IdempotencyConflict, RateLimited."""
        with refusals(self._count, "sign_ins", "outcome", door="citizen"):
            return await self._sign_in(challenge, code, device, origin, key)

    async def _sign_in(self, challenge: str, code: str, device: Device, origin: Origin, key: str) -> SignedIn:
        call = Call.of(ANONYMOUS, "signIn", key, challenge, code, device, kept_by=device.id)
        before = await self._idempotency.replay(call, _SIGNED_IN)
        if before is not None:
            return before
        await self._limits.take(TRIES_PER_ADDRESS, origin.address)
        try:
            phone = await self._check(challenge, code)
        except OtpNoLongerValid:  # it may be over because this very call, sent twice, has just used it
            before = await self._idempotency.replay(call, _SIGNED_IN)
            if before is None:
                raise
            return before
        new_citizen = Citizen(id=new_id(), created_at=self._clock.now(), phone=phone, assurance=Assurance.PHONE)

        async def work(tx: Tx) -> SignedIn:
            if not await self._challenges.use(challenge, self._clock.now(), tx):
                raise OtpNoLongerValid
            citizen = await self._citizen(new_citizen, phone, tx)
            tokens = await self._sessions.open(citizen.id, Audience.CITIZEN, device, claims_of(citizen), tx, origin)
            return SignedIn(citizen.id, tokens)

        def told(done: SignedIn) -> None:
            self._count("sign_ins", door="citizen", outcome="signed_in")

        return await self._idempotency.once(call, _SIGNED_IN, work, kept=CHALLENGE_LIFE, after=told)

    async def prove(self, challenge: str, code: str) -> str:
        """The phone whose owner has this code, which is used up by it: for what wants more than a session.

        Raises OtpWrong, OtpNoLongerValid.
        """
        phone = await self._check(challenge, code)
        if not await self._challenges.use(challenge, self._clock.now()):
            raise OtpNoLongerValid
        return phone

    async def refresh(self, refresh_token: str, device: str) -> SignedIn:
        """New tokens for the present assurance level. Raises SessionEnded."""
        session: Session = await self._sessions.refresh(refresh_token, device, Audience.CITIZEN)
        citizen = await self._citizens.get(session.holder)
        claims = claims_of(citizen) if citizen else {}
        return SignedIn(session.holder, self._sessions.tokens_for(session, claims))

    async def _within_limits(self, phone: str, device: str, address: str) -> None:
        try:
            await self._limits.take(PER_ADDRESS, address)
            await self._limits.take(PER_DEVICE, device)
            await self._limits.take(PER_PHONE, phone)
            await self._limits.take(PER_PHONE_AND_DAY, phone)
        except RateLimited as full:
            raise TooManyCodes(full.retry_after) from None

    async def _deliver(self, call: Call, challenge: Challenge, phone: str, code: str, locale: str) -> None:
        minutes = int(CHALLENGE_LIFE.total_seconds()) // 60
        text = message("SMS_SIGN_IN_CODE", locale, code=code, minutes=minutes)
        try:
            await self._sms.send(to=phone, text=text, message_id=challenge.id)
        except (Unavailable, SmsRefused) as error:
            await self._challenges.void(challenge.id, self._clock.now())
            await self._idempotency.forget(call)
            raise error if isinstance(error, SmsRefused) else SmsUnavailable from None

    async def _check(self, challenge: str, code: str) -> str:
        opened = await self._challenges.spend_try(challenge, self._clock.now())
        if opened is None:
            raise OtpNoLongerValid
        given = self._challenges.code_hash(challenge, code.strip())
        if not hmac.compare_digest(given, opened.code_hash):
            if opened.tries >= MOST_TRIES:
                raise OtpNoLongerValid
            raise OtpWrong(remaining=MOST_TRIES - opened.tries)
        return opened.phone

    async def _citizen(self, new: Citizen, phone: str, tx: Tx) -> Citizen:
        known = await self._citizens.id_by_phone(phone, tx)
        if known is not None:
            citizen = await self._citizens.get(known, tx)
            if citizen is not None:
                return citizen
        await self._citizens.add(new, tx)
        return new

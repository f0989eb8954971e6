"""Codes, PINs and daily limits, as rules."""

from __future__ import annotations

import io
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta

import pytest
import zxingcpp
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from app.core.money import Currency, Money
from app.domains.payment.merchant_codes.errors import MerchantCodeAmount, MerchantCodeMalformed
from app.domains.payment.merchant_codes.model import MerchantCode, new_dynamic, new_static, parsed
from app.domains.payment.pay_codes import bars
from app.domains.payment.pay_codes.errors import PayCodeExpired, PayCodeMalformed, PayCodeUnknown, PayCodeUsed
from app.domains.payment.pay_codes.model import PayCode, new_pay_code, parsed_pay_code, refusal
from app.domains.payment.payments.model import Method
from app.domains.payment.pins.errors import PinTooWeak
from app.domains.payment.pins.model import demand_strong
from app.domains.payment.spending.model import ASKED_AFTER, SpendingDay, Strength

NOW = datetime(2026, 11, 22, 4, tzinfo=UTC)


def test_a_code_to_pay_by_is_eighteen_digits_and_hardly_ever_the_same() -> None:
    codes = {new_pay_code() for _ in range(1_000)}
    assert len(codes) == 1_000
    assert all(len(code) == 18 and code.isdecimal() and code.startswith("86") for code in codes)
    assert all(parsed_pay_code(f" {code[:6]} {code[6:12]} {code[12:]}\n") == code for code in codes)


@given(st.text(max_size=60))
def test_what_is_no_code_is_refused_by_name(text: str) -> None:
    for parse, refused in ((parsed_pay_code, PayCodeMalformed), (parsed, MerchantCodeMalformed)):
        with suppress(refused):
            assert parse(text).isascii()


def test_the_bars_of_a_code_are_read_back_from_picture_and_drawing() -> None:
    code = new_pay_code()
    read = zxingcpp.read_barcode(Image.open(io.BytesIO(bars.png(code))))
    assert read is not None
    assert (read.text, read.format) == (code, zxingcpp.BarcodeFormat.Code128)
    assert len(bars.modules(code)) == 134  # start, nine pairs, check and stop
    assert bars.svg(code, title="付款码").count("<path") == 2


@pytest.mark.parametrize(
    ("used", "ended", "why"),
    [
        (True, False, PayCodeUsed),
        (True, True, PayCodeUsed),
        (False, True, PayCodeUnknown),
        (False, False, PayCodeExpired),
    ],
)
def test_why_a_code_could_not_be_used(used: bool, ended: bool, why: type[Exception]) -> None:
    code = PayCode("h", "c", Method.WALLET, False, NOW, NOW if used else None, NOW if ended else None)
    assert isinstance(refusal(code), why)
    assert isinstance(refusal(None), PayCodeUnknown)


def test_a_static_code_is_typed_as_digits_and_a_wrong_digit_is_noticed() -> None:
    code = new_static()
    digits = code.removeprefix("RONG:M")
    assert parsed(f"{digits[:4]}-{digits[4:8]} {digits[8:]}") == parsed(code.lower()) == code
    wrong = f"{digits[:-1]}{(int(digits[-1]) + 1) % 10}"
    with pytest.raises(MerchantCodeMalformed):
        parsed(wrong)
    assert parsed(new_dynamic()).startswith("RONG:D")


def test_a_codes_own_amount_may_be_said_again_and_no_other() -> None:
    fixed = MerchantCode("RONG:D", "shop", Money(1_00), "1", NOW + timedelta(minutes=1))
    assert fixed.sum_of(None) == fixed.sum_of(Money(1_00)) == Money(1_00)
    for code, said in ((fixed, Money(2_00)), (fixed, Money(1_00, Currency.POINTS)), (MerchantCode("m", "shop"), None)):
        with pytest.raises(MerchantCodeAmount):
            code.sum_of(said)


@pytest.mark.parametrize(
    "pin",
    [
        *("111111", "123456", "654321", "121212", "123123", "112211", "123321", "520131", "000000"),
        *("12345", "1234567", "12345a", "", "٣٤٥٦٧٨"),
        *("900520", "200590", "052090", "138001"),
    ],
)
def test_a_pin_that_is_easily_guessed_is_refused(pin: str) -> None:
    with pytest.raises(PinTooWeak):
        demand_strong(pin, "+8613800138000", "350102199005200017")


@pytest.mark.parametrize("pin", ["739164", "480275", "907312"])
def test_a_pin_that_is_not_passes(pin: str) -> None:
    demand_strong(pin, "+8613800138000", "350102199005200017")


def test_a_payer_is_asked_above_a_sum_after_so_many_and_where_the_pin_reaches_further() -> None:
    day = SpendingDay.empty("c", date(2026, 11, 22))
    spent = SpendingDay("c", day.day, {**day.spent, Strength.ONE_FACTOR: 900_00})
    assert not day.asks(1_000_00, Strength.ONE_FACTOR)
    assert day.asks(1_000_01, Strength.TWO_FACTORS)
    assert SpendingDay("c", day.day, day.spent, ASKED_AFTER).asks(1, Strength.ONE_FACTOR)
    assert spent.asks(100_01, Strength.ONE_FACTOR)
    assert not spent.asks(100_00, Strength.ONE_FACTOR)
    assert spent.remaining(Strength.ONE_FACTOR) == Money(100_00)

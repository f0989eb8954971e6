"""How each channel is heard: its signature, its form, and what is not for the hotline."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import struct
from collections.abc import Mapping
from datetime import UTC, datetime
from email.message import EmailMessage

import pytest
from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import CBC

from app.core.errors import BadInput, Unauthenticated
from app.core.places.model import Point
from app.http.inbound.gcj02 import to_wgs84
from app.http.inbound.mail import Mail
from app.http.inbound.model import Keys, Received
from app.http.inbound.qq import QQ, _key_of
from app.http.inbound.texts import TextMessages
from app.http.inbound.wechat import WeChat

NOW = datetime(2026, 11, 22, 0, 50, tzinfo=UTC)
STAMP = str(int(NOW.timestamp()))
KEYS = Keys(("new", "old"))
AES_KEY = base64.b64encode(bytes(range(32))).decode().rstrip("=")


def received(
    body: bytes, headers: Mapping[str, str], query: Mapping[str, str] | None = None, method: str = "POST"
) -> Received:
    return Received(method, query or {}, headers, body, NOW)


def signed(prefix: str, body: bytes, key: str = "old", stamp: str = STAMP) -> Received:
    mac = hmac.new(key.encode(), stamp.encode() + b"." + body, hashlib.sha256).hexdigest()
    return received(body, {f"{prefix}-timestamp": stamp, f"{prefix}-signature": f"v1={mac}"})


def wechat_query(*more: str, token: str = "old", name: str = "signature", stamp: str = STAMP) -> dict[str, str]:
    mac = hashlib.sha1("".join(sorted([token, stamp, "nonce", *more])).encode()).hexdigest()
    return {"timestamp": stamp, "nonce": "nonce", name: mac}


def xml(**fields: str) -> bytes:
    inner = "".join(f"<{name}><![CDATA[{value}]]></{name}>" for name, value in fields.items())
    return f"<xml>{inner}</xml>".encode()


TEXT = {"FromUserName": "openid-1", "CreateTime": STAMP, "MsgType": "text", "MsgId": "7", "Content": "路灯不亮三天了"}


def test_a_text_message_is_heard_under_either_key() -> None:
    body = json.dumps(
        {"messages": [{"message_id": "m1", "from": "+8613900000001", "text": "路灯", "at": NOW.isoformat()}]}
    )
    for key in KEYS.keys:
        (heard,) = TextMessages(KEYS).read(signed("sms", body.encode(), key)).heard
        assert (heard.key, heard.sender, heard.text, heard.at) == ("sms:m1", "+8613900000001", "路灯", NOW)


@pytest.mark.parametrize("adapter", [TextMessages, Mail])
@pytest.mark.parametrize(
    "changed",
    [{"key": "another"}, {"stamp": str(int(STAMP) - 301)}, {"stamp": str(int(STAMP) + 301)}, {"stamp": "now"}],
)
def test_a_wrong_key_and_an_old_message_are_refused(adapter: type, changed: dict[str, str]) -> None:
    prefix = "sms" if adapter is TextMessages else "mail"
    with pytest.raises(Unauthenticated):
        adapter(KEYS).read(signed(prefix, b"{}", **changed))


def test_without_a_key_nobody_is_heard() -> None:
    for adapter in (TextMessages(Keys()), Mail(Keys()), QQ(Keys())):
        with pytest.raises(Unauthenticated):
            adapter.read(signed("sms", b"{}", ""))
    with pytest.raises(Unauthenticated):
        WeChat(Keys(), None, None).read(received(xml(**TEXT), {}, wechat_query(token="")))


@pytest.mark.parametrize("body", [b"", b"[]", b'{"messages": []}', b'{"messages": [{"message_id": "x"}]}', b"\xff"])
def test_a_text_message_of_another_form_is_bad_input(body: bytes) -> None:
    with pytest.raises(BadInput):
        TextMessages(KEYS).read(signed("sms", body))


def test_wechat_tries_the_address_and_hears_its_own_word() -> None:
    query = wechat_query() | {"echostr": "5512"}
    assert WeChat(KEYS, None, None).read(received(b"", {}, query, "GET")).reply == b"5512"
    with pytest.raises(Unauthenticated):
        WeChat(KEYS, None, None).read(received(b"", {}, query | {"signature": "x"}, "GET"))


def test_wechat_brings_words_and_places() -> None:
    wechat = WeChat(KEYS, None, None)
    reading = wechat.read(received(xml(**TEXT), {}, wechat_query()))
    assert (reading.heard[0].sender, reading.heard[0].text, reading.reply) == ("openid-1", TEXT["Content"], b"success")
    place = {**TEXT, "MsgType": "location", "Location_X": "26.08", "Location_Y": "119.30"}
    (heard,) = wechat.read(received(xml(**place), {}, wechat_query())).heard
    assert heard.point is not None
    assert 400 < heard.point.metres_to(Point(26.08, 119.30)) < 700  # WGS 84, not GCJ-02
    (heard,) = wechat.read(received(xml(**{**TEXT, "MsgType": "image", "Content": ""}), {}, wechat_query())).heard
    assert heard.wordless
    assert wechat.read(received(xml(**{**TEXT, "MsgType": "event"}), {}, wechat_query())).heard == ()


def test_gcj02_and_wgs84_are_apart_in_china_only() -> None:
    assert to_wgs84(Point(26.08, 119.30)).metres_to(Point(26.08, 119.30)) > 400
    assert to_wgs84(Point(51.5, 0.1)) == Point(51.5, 0.1)
    # Tiananmen, as maps in GCJ-02 and as GPS have it.
    assert to_wgs84(Point(39.908823, 116.397470)).metres_to(Point(39.907375, 116.391265)) < 60


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<xml>",
        b'<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]><xml><Content>&b;</Content></xml>',
        b'<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><xml><Content>&a;</Content></xml>',
        b"<xml>" + b"<a>" * 100 + b"\x00",
    ],
)
def test_what_is_no_xml_or_would_grow_is_bad_input(body: bytes) -> None:
    with pytest.raises(BadInput):
        WeChat(KEYS, None, None).read(received(body, {}, wechat_query()))


def encrypted(message: bytes, app_id: str = "wx1") -> str:
    key = base64.b64decode(f"{AES_KEY}=")
    plain = b"r" * 16 + struct.pack(">I", len(message)) + message + app_id.encode()
    padding = 32 - len(plain) % 32
    cipher = Cipher(AES(key), CBC(key[:16])).encryptor()
    return base64.b64encode(cipher.update(plain + bytes([padding]) * padding) + cipher.finalize()).decode()


def test_with_a_key_only_what_is_encrypted_for_this_account_is_heard() -> None:
    wechat, sealed = WeChat(KEYS, AES_KEY, "wx1"), encrypted(xml(**TEXT))
    (heard,) = wechat.read(received(xml(Encrypt=sealed), {}, wechat_query(sealed, name="msg_signature"))).heard
    assert heard.text == TEXT["Content"]
    for body, query in (
        (xml(**TEXT), wechat_query()),
        (xml(Encrypt=sealed), wechat_query()),
        (xml(Encrypt=sealed), wechat_query(sealed, name="msg_signature", token="x")),
        (xml(Encrypt=encrypted(xml(**TEXT), "wx2")), wechat_query(encrypted(xml(**TEXT), "wx2"), name="msg_signature")),
    ):
        with pytest.raises(Unauthenticated):
            wechat.read(received(body, {}, query))
    for broken in ("x", base64.b64encode(b"x" * 31).decode()):
        with pytest.raises(BadInput):
            wechat.read(received(xml(Encrypt=broken), {}, wechat_query(broken, name="msg_signature")))


def qq(body: dict[str, object], secret: str = "old", stamp: str = STAMP) -> Received:
    raw = json.dumps(body).encode()
    signature = _key_of(secret).sign(stamp.encode() + raw).hex()
    return received(raw, {"x-signature-timestamp": stamp, "x-signature-ed25519": signature})


def test_qq_is_tried_heard_and_acknowledged() -> None:
    adapter = QQ(KEYS)
    tried = adapter.read(qq({"op": 13, "d": {"plain_token": "abc", "event_ts": "1"}}))
    assert json.loads(tried.reply) == {"plain_token": "abc", "signature": _key_of("new").sign(b"1abc").hex()}
    said = {"id": "q1", "content": "井盖坏了", "author": {"user_openid": "o1"}, "timestamp": NOW.isoformat()}
    reading = adapter.read(qq({"op": 0, "t": "C2C_MESSAGE_CREATE", "d": said}))
    assert (reading.heard[0].key, reading.heard[0].text, reading.reply) == ("qq:q1", "井盖坏了", b'{"op":12}')
    assert adapter.read(qq({"op": 0, "t": "GROUP_AT_MESSAGE_CREATE", "d": said})).heard == ()
    for changed in ({"secret": "another"}, {"stamp": str(int(STAMP) - 400)}):
        with pytest.raises(Unauthenticated):
            adapter.read(qq({"op": 0}, **changed))
    for bad in ({"op": 0, "t": "C2C_MESSAGE_CREATE", "d": {}}, {}, {"op": 13, "d": []}):
        with pytest.raises(BadInput):
            adapter.read(qq(bad))


def mail(text: str = "路灯不亮", html: bool = False, **headers: str) -> bytes:
    message = EmailMessage()
    for name, value in ({"From": "Wei <wei@example.com>", "Subject": "路灯", "Message-ID": "<1@x>"} | headers).items():
        message[name] = value
    message.set_content(text, subtype="html" if html else "plain")
    return message.as_bytes()


def test_of_a_mail_the_own_words_are_read() -> None:
    (heard,) = Mail(KEYS).read(signed("mail", mail("路灯不亮三天了\n\n> 旧邮件\n> 很长"))).heard
    assert (heard.sender, heard.subject, heard.text, heard.key) == (
        "wei@example.com",
        "路灯",
        "路灯不亮三天了",
        "mail:<1@x>",
    )
    page = "<html><head><style>x</style></head><body><p>井盖</p><p>坏了</p></body></html>"
    (heard,) = Mail(KEYS).read(signed("mail", mail(page, html=True))).heard
    assert heard.text.split() == ["井盖", "坏了"]
    (heard,) = Mail(KEYS).read(signed("mail", mail("  \n", Subject="只有标题的邮件"))).heard
    assert heard.text == "只有标题的邮件"


@pytest.mark.parametrize(
    "headers",
    [{"Auto-Submitted": "auto-replied"}, {"Precedence": "bulk"}, {"List-Id": "<x.y>"}, {"From": "MAILER-DAEMON@x.cn"}],
)
def test_machines_are_not_answered(headers: dict[str, str]) -> None:
    assert Mail(KEYS).read(signed("mail", mail(**headers))).heard == ()


def proved(address: str, body: bytes, signed_address: str | None = None, version: str = "v2") -> Received:
    head = f"v2.{STAMP}.{signed_address or address}\n".encode()
    mac = hmac.new(b"new", head + body, hashlib.sha256).hexdigest()
    headers = {"mail-timestamp": STAMP, "mail-signature": f"{version}={mac}", "mail-verified": address}
    return received(body, headers)


def test_a_sender_is_who_from_names_and_proved_only_when_the_gateway_signs_it() -> None:
    forged = mail(**{"From": "evil@example.org", "Reply-To": "wei@example.com"})
    (heard,) = Mail(KEYS).read(signed("mail", forged)).heard
    assert (heard.sender, heard.is_proved) == ("evil@example.org", False)
    (heard,) = Mail(KEYS).read(proved("Wei@example.com", mail())).heard
    assert (heard.sender, heard.is_proved) == ("wei@example.com", True)
    (heard,) = Mail(KEYS).read(proved("evil@example.org", mail())).heard
    assert not heard.is_proved
    unsigned = signed("mail", mail())
    for claimed in (
        proved("wei@example.com", mail(), "evil@example.org"),
        proved("wei@example.com", mail(), version="v1"),
        received(unsigned.body, {**unsigned.headers, "mail-verified": "wei@example.com"}),
    ):
        with pytest.raises(Unauthenticated):
            Mail(KEYS).read(claimed)


HEAD = b"From: a@b.cn\r\nSubject: x\r\n"
DEEP = b"".join(b"Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n" % (n, n) for n in range(900))
BOMBS = {
    "message.parameters": HEAD + b"Content-Type: text/plain" + b"; a*0*=''%41" * 4_000 + b"\r\n\r\nx",
    "message.depth": HEAD + DEEP,
    "message.encoded_words": b"From: a@b.cn\r\nSubject: " + b"=?utf-8?q?a?=\r\n " * 3_000 + b"\r\n\r\nx",
    "message.parts": HEAD + b"Content-Type: multipart/mixed; boundary=b\r\n\r\n" + b"--b\r\n\r\n" * 1_000,
    "message.lines": HEAD + b"\r\n" * 5_000,
    "message.size": HEAD + b"\r\n" + b"x" * 70_000,
    "message.headers": HEAD + b"X-A: b\r\n" * 3_000 + b"\r\nx",
}


@pytest.mark.parametrize("too_much", BOMBS)
def test_a_mail_that_would_hold_the_process_is_refused_by_name_before_it_is_parsed(too_much: str) -> None:
    parsed: list[bytes] = []

    def parse(body: bytes) -> EmailMessage:
        parsed.append(body)
        return EmailMessage()

    with pytest.raises(BadInput) as refused:
        Mail(KEYS, parse).read(signed("mail", BOMBS[too_much]))
    assert (refused.value.field, parsed) == (too_much, [])


def test_an_ordinary_mail_with_pictures_and_a_long_history_is_read() -> None:
    message = EmailMessage()
    message["From"], message["Subject"] = "Wei <wei@example.com>", "五四路的路灯已经三天不亮了" * 4
    for n in range(40):
        message[f"X-Received-{n}"] = "by mx.example.com; " * 20
    message.set_content("路灯不亮三天了")
    message.add_alternative("<p>路灯不亮三天了</p>", subtype="html")
    for n in range(5):
        message.add_attachment(b"x" * 3_000, maintype="image", subtype="jpeg", filename=f"路灯照片{n}.jpg")
    (heard,) = Mail(KEYS).read(signed("mail", message.as_bytes())).heard
    assert heard.text == "路灯不亮三天了"


def content(charset: str, body: bytes) -> bytes:
    return HEAD + f"Content-Type: text/plain; charset={charset}\r\n\r\n".encode() + body


@pytest.mark.parametrize(
    "body",
    [
        content("utf-7", b"+2AA-"),
        content("punycode", b"a-" * 9_000),
        content("no-such", b"\xff"),
        content("idna", b"x"),
    ],
)
def test_what_is_in_no_alphabet_of_mail_is_read_as_utf_8_and_can_be_kept(body: bytes) -> None:
    (heard,) = Mail(KEYS).read(signed("mail", body)).heard
    assert heard.text.encode()


def test_html_that_python_gives_up_on_is_bad_input() -> None:
    with pytest.raises(BadInput):
        Mail(KEYS).read(signed("mail", HEAD + b"Content-Type: text/html\r\n\r\n" + b"<![" * 9_000))


def test_halves_of_characters_are_replaced_in_all_that_is_kept() -> None:
    half = "\ud800"
    said = {"id": half, "content": half, "author": {"user_openid": half}, "timestamp": NOW.isoformat()}
    (heard,) = QQ(KEYS).read(qq({"op": 0, "t": "C2C_MESSAGE_CREATE", "d": said})).heard
    assert [one.encode() for one in (heard.message, heard.sender, heard.text)] == ["\ufffd".encode()] * 3
    with pytest.raises(BadInput):
        QQ(KEYS).read(qq({"op": 13, "d": {"plain_token": half, "event_ts": "1"}}))


@pytest.mark.parametrize("sent", ["999999999999", "9999999999", "²", "", "-1", "x" * 20])
def test_a_moment_that_wechat_cannot_mean_is_when_it_arrived(sent: str) -> None:
    (heard,) = WeChat(KEYS, None, None).read(received(xml(**{**TEXT, "CreateTime": sent}), {}, wechat_query())).heard
    assert heard.at == NOW


@pytest.mark.parametrize(
    "at",
    ["0001-01-01T00:00:00+00:00", "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-12:00", "2026-11-22T00:50:01Z"],
)
def test_no_message_was_sent_after_it_arrived_or_long_before(at: str) -> None:
    told = {"message_id": "m", "from": "+8613900000001", "text": "路灯", "at": at}
    (heard,) = TextMessages(KEYS).read(signed("sms", json.dumps({"messages": [told]}).encode())).heard
    assert (heard.at, heard.is_proved) == (NOW, False)
    said = {"id": "q", "content": "路灯", "author": {"user_openid": "o"}, "timestamp": at.replace("Z", "+00:00")}
    assert QQ(KEYS).read(qq({"op": 0, "t": "C2C_MESSAGE_CREATE", "d": said})).heard[0].at == NOW


def test_a_text_message_whose_sender_the_network_knows_is_proved() -> None:
    told = {"message_id": "m", "from": "+8613900000001", "text": "路灯", "at": NOW.isoformat(), "verified": True}
    (heard,) = TextMessages(KEYS).read(signed("sms", json.dumps({"messages": [told]}).encode())).heard
    assert heard.is_proved


@pytest.mark.parametrize("body", [b"", b"\xff\xfe", mail(From="nobody"), mail(From="")])
def test_a_mail_that_nobody_sent_is_bad_input(body: bytes) -> None:
    with pytest.raises(BadInput):
        Mail(KEYS).read(signed("mail", body))

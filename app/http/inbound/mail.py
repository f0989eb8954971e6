"""Mail, as the mail gateway passes it on: the message itself, RFC 5322, signed by the gateway.

Only the plain text is read, or the text of the HTML when there is no other; what was quoted of the mail that is
answered is left out. A sender in a header proves nothing: what he writes becomes a case whose link goes to his address,
and no more. Where the gateway has proved whose mail it is (DKIM of the domain in `From`), it says so in `Mail-Verified`
and signs that too. `Reply-To` is nobody: answers go to `From`.
"""

from __future__ import annotations

import email
import hashlib
import hmac
import re
from collections.abc import Callable
from datetime import datetime
from email.message import EmailMessage
from email.policy import default
from email.utils import parseaddr, parsedate_to_datetime
from html.parser import HTMLParser

from app.core.errors import BadInput, Unauthenticated
from app.domains.voice.cases.history.model import CaseChannel
from app.domains.voice.channels.intake.model import LONGEST, Heard
from app.http.inbound.bounds import demand_bounded
from app.http.inbound.model import Keys, Reading, Received, demand_fresh, demand_signed, sent_at

_QUOTED = re.compile(r"^(?:>|On .{5,80} wrote:|-{2,} ?(?:Original|原始)|在.{5,60}写道[:：]|发件人[:：])")
_ADDRESS = re.compile(r"[^\s@<>,;]{1,64}@[A-Za-z0-9.-]{1,190}")
# What Python's parsers of mail and of HTML raise for what is neither.
_UNREADABLE = (ValueError, LookupError, TypeError, AttributeError, AssertionError, RecursionError, OverflowError)
# In what mail is written. Others of Python's codecs are no alphabets, or slow by the square (punycode), or make halves
# of characters (utf-7); what names one of them is read as UTF-8.
_CHARSETS = re.compile(
    r"(?:us-)?ascii|utf-?8|utf-16(?:[bl]e)?|gbk|gb2312|gb18030|cp936|hz-gb-2312|big5(?:-?hkscs)?|cp950|iso-8859-\d{1,2}"
    r"|latin-?1|windows-125\d|cp125\d|koi8-[ru]|iso-2022-(?:jp|kr)|shift_jis|euc-(?:jp|kr)|ks_c_5601-1987",
    re.IGNORECASE,
)
_HIDDEN = frozenset({"style", "script", "head", "title"})
# What machines send: answering it would make two machines answer each other.
_BY_MACHINE = ("auto-submitted", "x-autoreply", "list-id", "x-failed-recipients")


def _parse(body: bytes) -> EmailMessage:
    return email.message_from_bytes(body, policy=default)


class Mail:
    """Signed with `RONG_MAIL_INBOUND_KEY`."""

    path = "/inbound/mail"
    methods = ("POST",)

    def __init__(self, keys: Keys, parse: Callable[[bytes], EmailMessage] = _parse) -> None:
        self._keys = keys
        self._parse = parse

    def read(self, received: Received) -> Reading:
        """Raises Unauthenticated, BadInput."""
        proved = self._demand_signed(received)
        demand_bounded(received.body)
        try:
            heard = _heard(self._parse(received.body), received, proved)
        except _UNREADABLE:
            raise BadInput(field="message") from None
        return Reading((heard,) if heard else ())

    def _demand_signed(self, received: Received) -> str | None:
        """The address that the gateway has proved, when it says so: `Mail-Signature: v2=` and the hex HMAC-SHA256 of
        `v2.{timestamp}.{address}`, a line feed and the body; without `Mail-Verified` it is signed as others are. Raises
        Unauthenticated.
        """
        proved = received.headers.get("mail-verified")
        if proved is None:
            demand_signed(self._keys, "mail", received)
            return None
        timestamp = received.headers.get("mail-timestamp", "")
        demand_fresh(timestamp, received.at)
        signed = f"v2.{timestamp}.{proved}\n".encode() + received.body
        given = received.headers.get("mail-signature", "").encode()
        wanted = (f"v2={hmac.new(key.encode(), signed, hashlib.sha256).hexdigest()}" for key in self._keys.keys)
        if not any(hmac.compare_digest(one.encode(), given) for one in wanted):
            raise Unauthenticated
        return proved.strip().lower()


def _heard(message: EmailMessage, received: Received, proved: str | None) -> Heard | None:
    sender = parseaddr(str(message.get("from") or ""))[1].lower()
    if not _ADDRESS.fullmatch(sender):
        raise ValueError("nobody to answer")
    if _is_by_machine(message, sender):
        return None
    id_ = str(message.get("message-id") or "").strip()[:256] or hashlib.sha256(received.body).hexdigest()
    subject = " ".join(str(message.get("subject") or "").split())[:200]
    text = _own_words(_text_of(message))[: LONGEST + 1]
    at, verified = sent_at(_dated(message), received.at), sender == proved
    return Heard(CaseChannel.MAIL, id_, sender, text or subject, at, subject, verified=verified)


def _is_by_machine(message: EmailMessage, sender: str) -> bool:
    if str(message.get("precedence") or "").lower() in ("bulk", "junk", "list") or sender.startswith("mailer-daemon@"):
        return True
    return any(name in message and str(message[name]).lower() != "no" for name in _BY_MACHINE)


def _dated(message: EmailMessage) -> datetime | None:
    try:
        return parsedate_to_datetime(str(message["date"]))
    except (TypeError, ValueError, OverflowError):
        return None


def _text_of(message: EmailMessage) -> str:
    part = message.get_body(preferencelist=("plain", "html"))
    if part is None:
        return ""
    raw, charset = part.get_payload(decode=True), str(part.get_param("charset", "utf-8"))
    if not isinstance(raw, bytes):
        return ""
    content = raw.decode(charset if _CHARSETS.fullmatch(charset) else "utf-8", errors="replace")
    return _from_html(content) if part.get_content_subtype() == "html" else content


def _own_words(text: str) -> str:
    """Up to what is quoted, or to the signature."""
    lines: list[str] = []
    for line in text.splitlines():
        if _QUOTED.match(line.strip()) or line.rstrip() == "--":
            break
        lines.append(line.rstrip())
    return "\n".join(lines).strip()


class _Words(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[str] = []
        self._hidden = 0

    def handle_starttag(self, tag: str, attrs: object) -> None:
        self._hidden += tag in _HIDDEN
        if tag in ("br", "p", "div", "tr", "li"):
            self.found.append("\n")

    def handle_endtag(self, tag: str) -> None:
        self._hidden -= tag in _HIDDEN and self._hidden > 0

    def handle_data(self, data: str) -> None:
        if not self._hidden:
            self.found.append(data)


def _from_html(content: str) -> str:
    words = _Words()
    words.feed(content)
    return re.sub(r"\n{3,}", "\n\n", "".join(words.found))

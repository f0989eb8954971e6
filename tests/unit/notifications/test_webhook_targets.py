"""Where the city does not call: addresses in every spelling, and names that lead elsewhere the second time."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notifications.channels.targets import SystemResolver, TargetRules, admitted, networks
from notifications.channels.webhook import HttpWebhooks, WebhookOutcome
from notifications.webhooks.endpoints.errors import TargetFault, WebhookTargetRefused

CITY = TargetRules()
LAPTOP = TargetRules(near=True)

REFUSED = [
    "127.0.0.1",
    "127.255.255.254",
    "0.0.0.0",
    "10.0.0.1",
    "172.16.0.1",
    "172.31.255.255",
    "192.168.1.1",
    "169.254.169.254",  # metadata of most clouds
    "100.64.0.1",  # carriers' own
    "100.100.100.200",  # metadata of Alibaba's cloud
    "168.63.129.16",  # Azure's wire server
    "192.0.0.192",  # metadata of Oracle's cloud
    "192.0.2.1",
    "198.18.0.1",
    "198.51.100.1",
    "203.0.113.1",
    "192.88.99.1",
    "224.0.0.1",
    "239.255.255.250",
    "240.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "::ffff:127.0.0.1",
    "::ffff:10.0.0.1",
    "::ffff:a9fe:a9fe",
    "::127.0.0.1",
    "64:ff9b::7f00:1",
    "64:ff9b::10.0.0.1",
    "64:ff9b:1::10.0.0.1",
    "2002:7f00:1::",
    "2002:a00:1::1",
    "2001::1",  # Teredo
    "2001:db8::1",
    "100::1",
    "fe80::1",
    "fe80::1%eth0",
    "fec0::1",
    "fc00::1",
    "fd00:ec2::254",  # metadata of Amazon's cloud
    "ff02::1",
    "4000::1",
    "not an address",
]
PUBLIC = ["1.1.1.1", "8.8.8.8", "223.5.5.5", "100.128.0.1", "2400:3200::1", "2606:4700::1111", "64:ff9b::808:808"]


@pytest.mark.parametrize("address", REFUSED)
def test_an_address_that_is_not_public_is_refused(address: str) -> None:
    assert not CITY.admits(address)


@pytest.mark.parametrize("address", PUBLIC)
def test_a_public_address_is_admitted(address: str) -> None:
    assert CITY.admits(address)


@pytest.mark.parametrize("address", ["127.0.0.1", "::1", "192.168.1.1", "10.1.2.3", "fd12::1", "::ffff:127.0.0.1"])
def test_development_admits_what_is_near(address: str) -> None:
    assert LAPTOP.admits(address)
    assert not CITY.admits(address)


@pytest.mark.parametrize(
    "address", ["169.254.169.254", "100.100.100.200", "0.0.0.0", "fe80::1", "224.0.0.1", "fd00:ec2::254"]
)
def test_development_too_refuses_metadata_and_the_like(address: str) -> None:
    assert not LAPTOP.admits(address)


def test_the_citys_own_public_networks_can_be_refused() -> None:
    own = TargetRules(refused=networks(["203.119.0.0/16", "2400:3200::/32"]))
    assert [own.admits(address) for address in ("203.119.1.1", "2400:3200::1", "1.1.1.1")] == [False, False, True]


@given(st.ip_addresses(v=4))
def test_an_ipv4_address_within_an_ipv6_one_is_judged_as_itself(address: object) -> None:
    plain = CITY.admits(str(address))
    assert CITY.admits(f"::ffff:{address}") == plain
    assert CITY.admits(f"64:ff9b::{address}") == plain


@pytest.mark.parametrize(
    ("url", "fault"),
    [
        ("", TargetFault.FORM),
        ("hook", TargetFault.FORM),
        ("/hook", TargetFault.FORM),
        ("https://", TargetFault.FORM),
        ("https:///hook", TargetFault.FORM),
        ("https://a b.test/", TargetFault.FORM),
        ("https://receiver.test/hook#part", TargetFault.FORM),
        ("https://receiver.test/\nhost: evil", TargetFault.FORM),
        ("https://receiver.test:99999/", TargetFault.PORT),
        ("https://" + "a" * 2000 + ".test/", TargetFault.FORM),
        ("http://receiver.test/hook", TargetFault.SCHEME),
        ("ftp://receiver.test/hook", TargetFault.SCHEME),
        ("file:///etc/passwd", TargetFault.FORM),
        ("gopher://receiver.test/", TargetFault.SCHEME),
        ("https://user:secret@receiver.test/hook", TargetFault.CREDENTIALS),
        ("https://user@receiver.test/hook", TargetFault.CREDENTIALS),
        ("https://receiver.test:22/hook", TargetFault.PORT),
        ("https://receiver.test:80/hook", TargetFault.PORT),
    ],
)
def test_an_address_of_the_wrong_form_is_refused_by_name(url: str, fault: TargetFault) -> None:
    with pytest.raises(WebhookTargetRefused) as refused:
        CITY.parse(url)
    assert refused.value.reason is fault


@pytest.mark.parametrize(
    ("url", "authority", "path"),
    [
        ("https://receiver.test", b"receiver.test", b"/"),
        ("https://receiver.test:8443/a?b=c", b"receiver.test:8443", b"/a?b=c"),
        ("https://[2400:3200::1]:8443/a", b"[2400:3200::1]:8443", b"/a"),
        ("https://接收.test/钩", b"xn--gzuu8a.test", b"/%E9%92%A9"),
    ],
)
def test_a_checked_address_is_called_as_it_was_read(url: str, authority: bytes, path: bytes) -> None:
    target = CITY.parse(url)
    assert (target.authority, target.path) == (authority, path)


class Names:
    """A resolver whose answers follow each other; the last one stays."""

    def __init__(self, *answers: Sequence[str]) -> None:
        self.answers = list(answers)
        self.asked = 0

    async def __call__(self, host: str, port: int) -> Sequence[str]:
        self.asked += 1
        return self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]


@pytest.mark.parametrize("answer", [["10.0.0.1"], ["1.1.1.1", "127.0.0.1"], ["1.1.1.1", "::1"]])
async def test_a_name_of_which_any_address_is_refused_is_refused(answer: list[str]) -> None:
    with pytest.raises(WebhookTargetRefused) as refused:
        await admitted(CITY.parse("https://receiver.test/"), CITY, Names(answer))
    assert refused.value.reason is TargetFault.ADDRESS


async def test_a_name_without_address_is_refused() -> None:
    with pytest.raises(WebhookTargetRefused) as refused:
        await admitted(CITY.parse("https://receiver.test/"), CITY, Names([]))
    assert refused.value.reason is TargetFault.UNRESOLVABLE


@pytest.mark.parametrize(
    "spelling", ["0x7f000001", "2130706433", "127.1", "0177.0.0.1", "localhost", "[::ffff:7f00:1]"]
)
async def test_the_machine_itself_is_refused_in_every_spelling(spelling: str) -> None:
    resolve = SystemResolver()
    with pytest.raises(WebhookTargetRefused) as refused:
        await admitted(CITY.parse(f"https://{spelling}/"), CITY, resolve)
    assert refused.value.reason in (TargetFault.ADDRESS, TargetFault.UNRESOLVABLE, TargetFault.FORM)
    resolve.close()


async def test_a_name_that_leads_elsewhere_after_it_was_checked_is_not_called() -> None:
    names = Names(["1.1.1.1"], ["127.0.0.1"])
    channel = HttpWebhooks(CITY, resolve=names)
    await channel.check("https://receiver.test/hook")
    answer = await channel.send("https://receiver.test/hook", {}, b"{}")
    assert (answer.outcome, answer.status) == (WebhookOutcome.TARGET_REFUSED, None)
    assert names.asked == 2  # once for the check, once for the call: the call's own look-up is what is judged and used

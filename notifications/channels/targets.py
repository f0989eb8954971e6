"""Where the city calls on a stranger's word: public addresses only, looked at in the moment of the call.

A name is resolved once, each of its addresses is judged, and the connection is made to an address that was judged.
A second look-up, by which a name could lead elsewhere the second time (DNS rebinding), does not happen.
"""

from __future__ import annotations

import asyncio
import ipaddress
import socket
from collections.abc import Awaitable, Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network

import httpx2

from notifications.webhooks.endpoints.errors import TargetFault, WebhookTargetRefused

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network
Resolve = Callable[[str, int], Awaitable[Sequence[str]]]

_LONGEST_URL = 2000
# Public by the registry's word, and yet not: tunnels into elsewhere, and Azure's wire server.
_REFUSED_V4 = tuple(map(IPv4Network, ("192.88.99.0/24", "192.0.0.0/24", "168.63.129.16/32")))
_PUBLIC_V6 = IPv6Network("2000::/3")
_REFUSED_V6 = tuple(map(IPv6Network, ("2001::/23", "2001:db8::/32", "3fff::/20")))
_NAT64 = IPv6Network("64:ff9b::/96")
_SIX_TO_FOUR = IPv6Network("2002::/16")
_NEAR = tuple(
    map(ipaddress.ip_network, ("127.0.0.0/8", "::1/128", "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "fc00::/7"))
)
# Within fc00::/7, and near all the same to whoever runs on Amazon's machines.
_METADATA = IPv6Address("fd00:ec2::254")


@dataclass(frozen=True, slots=True)
class Target:
    """The parts of a checked URL, as they are called: the one reading of it that there is."""

    scheme: bytes
    host: bytes
    port: int
    path: bytes

    @property
    def authority(self) -> bytes:
        usual = {b"https": 443, b"http": 80}[self.scheme]
        host = b"[" + self.host + b"]" if b":" in self.host else self.host
        return host if self.port == usual else host + b":%d" % self.port


@dataclass(frozen=True, slots=True)
class TargetRules:
    """`near`: in development the machine itself and private networks may be called, and without TLS. `refused` are
    the city's own public networks, if it has any that are not to be called from within.
    """

    near: bool = False
    refused: tuple[Network, ...] = ()

    def parse(self, text: str) -> Target:
        """Raises WebhookTargetRefused."""
        try:
            url = httpx2.URL(text) if len(text) <= _LONGEST_URL else None
        except (httpx2.InvalidURL, ValueError):
            url = None
        if url is None or not url.host or url.fragment or not text.isprintable() or " " in text:
            raise WebhookTargetRefused(TargetFault.FORM)
        if url.scheme != "https" and not (self.near and url.scheme == "http"):
            raise WebhookTargetRefused(TargetFault.SCHEME)
        if url.userinfo:
            raise WebhookTargetRefused(TargetFault.CREDENTIALS)
        port = url.port or (443 if url.scheme == "https" else 80)
        if not (port == 443 or 1024 <= port <= 65535 or (self.near and port == 80)):
            raise WebhookTargetRefused(TargetFault.PORT)
        return Target(url.raw_scheme, url.raw_host, port, url.raw_path)

    def admits(self, address: str) -> bool:
        try:
            found = _meant(ipaddress.ip_address(address))
        except ValueError:  # among others a zone: `fe80::1%eth0`
            return False
        if any(found.version == net.version and found in net for net in self.refused):
            return False
        near = self.near and found != _METADATA
        return _is_public(found) or (near and any(found.version == net.version and found in net for net in _NEAR))


def _meant(address: Address) -> Address:
    """Addresses that carry another one within: what is judged is where they lead."""
    if isinstance(address, IPv4Address):
        return address
    if address.ipv4_mapped:
        return address.ipv4_mapped
    if address in _NAT64:
        return IPv4Address(int(address) & 0xFFFFFFFF)
    if address in _SIX_TO_FOUR:
        return address.sixtofour or address
    return address


def _is_public(address: Address) -> bool:
    if address.is_multicast or not address.is_global:
        return False
    if isinstance(address, IPv4Address):
        return not any(address in net for net in _REFUSED_V4)
    return address in _PUBLIC_V6 and not any(address in net for net in _REFUSED_V6)


class SystemResolver:
    """The machine's own resolver, in threads of its own: names that are slow to resolve hold up nobody else."""

    def __init__(self, threads: int = 16) -> None:
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix="webhook-names")

    async def __call__(self, host: str, port: int) -> Sequence[str]:
        """Raises OSError, UnicodeError (a name that cannot be one)."""
        found = await asyncio.get_running_loop().run_in_executor(self._pool, _look_up, host, port)
        return list(dict.fromkeys(found))

    def close(self) -> None:
        self._pool.shutdown(wait=False, cancel_futures=True)


def _look_up(host: str, port: int) -> list[str]:
    return [str(entry[4][0]) for entry in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]


async def admitted(target: Target, rules: TargetRules, resolve: Resolve) -> Sequence[str]:
    """The addresses of the target. One that is refused refuses all. Raises WebhookTargetRefused."""
    try:
        addresses = await resolve(target.host.decode("ascii"), target.port)
    except (OSError, UnicodeError):
        addresses = ()
    if not addresses:
        raise WebhookTargetRefused(TargetFault.UNRESOLVABLE)
    if not all(map(rules.admits, addresses)):
        raise WebhookTargetRefused(TargetFault.ADDRESS)
    return addresses


def networks(texts: Iterable[str]) -> tuple[Network, ...]:
    """Raises ValueError."""
    return tuple(ipaddress.ip_network(text.strip()) for text in texts)

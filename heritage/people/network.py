"""Who shares an address, for limits that are kept by address."""

from __future__ import annotations

import ipaddress
from typing import Final

_LINE: Final = (
    64  # bits of an IPv6 address that a line is given; the rest is its owner's to choose (RFC 6177)
)
_LENGTH: Final = 45  # of the tables' columns


def network_of(address: str) -> str:
    """What limits count by: an IPv4 address as it is, of IPv6 the line's network, as whoever has a line has 2^64 addresses.

    An IPv4 address written as IPv6 is that IPv4 address; what is no address stands for itself, up to 45 characters.
    """
    try:
        found = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return address[:_LENGTH]
    if isinstance(found, ipaddress.IPv4Address):
        return str(found)
    if found.ipv4_mapped is not None:
        return str(found.ipv4_mapped)
    return str(ipaddress.IPv6Network((found, _LINE), strict=False).network_address)

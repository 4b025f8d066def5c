# SPDX-License-Identifier: GPL-2.0
"""Segments as bytes and back, by scapy. Sequence numbers here are those of the wire; lib/conn.py makes them relative.

Called by conn.py and net.py. Never touches a device or a clock.
"""

import logging
import struct

logging.getLogger("scapy").setLevel(logging.ERROR)

# What a bench of TCP needs of scapy, and no more: the rest takes seconds to import.
from scapy.config import conf  # noqa: E402

conf.ipv6_enabled = True
from scapy.layers.inet import ICMP, IP, TCP  # noqa: E402
from scapy.layers.inet6 import (ICMPv6DestUnreach, ICMPv6PacketTooBig, ICMPv6ParamProblem,  # noqa: E402
                                ICMPv6TimeExceeded, IPv6, in6_chksum)
from scapy.packet import Raw  # noqa: E402
from scapy.utils import checksum  # noqa: E402

TCP_PROTOCOL = 6
MASK = 0xffffffff

# RFC 9293 3.1, RFC 3168: in the order of the bits.
FLAGS = "FSRPAUEC"

PERIOD = bytes((i * 7 + (i >> 8) * 13) & 0xff for i in range(2048))

MSS, WSCALE, SACK_OK, SACK, TIMESTAMP, FAST_OPEN = 2, 3, 4, 5, 8, 34


def signed(number):
    """The distance that a difference of sequence numbers stands for, RFC 9293 3.4."""
    number &= MASK
    return number - (1 << 32) if number & 0x80000000 else number


def pattern(offset, length):
    """The stream's bytes from offset on: each test's data, so that misplaced text shows."""
    start = offset % len(PERIOD)
    return (PERIOD * ((length + start) // len(PERIOD) + 1))[start:start + length]


def pack_options(options):
    """options: pairs (kind, value as bytes or None for a lone byte), padded with NOPs in front, as is usual."""
    out = b""
    for kind, value in options:
        out += bytes([kind]) if value is None else bytes([kind, len(value) + 2]) + value
    return b"\1" * (-len(out) % 4) + out


def parse_options(raw):
    """The options of a header: a dictionary by kind; ValueError when they are malformed."""
    found, at = {}, 0
    while at < len(raw):
        kind = raw[at]
        if kind == 0:
            if any(raw[at:]):
                raise ValueError("bytes after the end of options")
            break
        if kind == 1:
            at += 1
            continue
        if at + 1 >= len(raw) or raw[at + 1] < 2 or at + raw[at + 1] > len(raw):
            raise ValueError(f"option {kind} overruns the header")
        if kind in found:
            raise ValueError(f"option {kind} twice")
        found[kind] = raw[at + 2:at + raw[at + 1]]
        at += raw[at + 1]
    return found


class Segment:
    """A segment that the stack sent. flags is a string of FLAGS; options a dictionary."""

    def __init__(self, packet, time, trusted=True):
        """trusted: malformed options are an error (those that a script injects may be)."""
        self.packet = packet
        self.time = time
        version = packet[0] >> 4
        ip = IP(packet) if version == 4 else IPv6(packet)
        tcp = ip[TCP]
        self.ttl = ip.ttl if version == 4 else ip.hlim
        self.tos = ip.tos if version == 4 else ip.tc
        self.df = version == 6 or bool(int(ip.flags) & 2)
        raw = packet[-(len(packet) - (ip.ihl * 4 if version == 4 else 40)):]
        self.sport, self.dport = tcp.sport, tcp.dport
        self.seq, self.ack, self.win, self.urp = tcp.seq, tcp.ack, tcp.window, tcp.urgptr
        bits = raw[13]
        self.flags = "".join(name for i, name in enumerate(FLAGS) if bits & 1 << i)
        self.reserved = raw[12] & 0xf
        try:
            self.options = parse_options(raw[20:tcp.dataofs * 4])
        except ValueError:
            if trusted:
                raise
            self.options = {}
        self.data = raw[tcp.dataofs * 4:]
        if version == 4:
            pseudo = struct.pack("!4s4sBBH", packet[12:16], packet[16:20], 0, TCP_PROTOCOL, len(raw))
            self.checksum_ok = checksum(pseudo + raw) == 0 and checksum(packet[:ip.ihl * 4]) == 0
        else:
            self.checksum_ok = in6_chksum(TCP_PROTOCOL, ip, raw) in (0, 0xffff)

    def number(self, kind, fmt):
        """An option's value, or None."""
        value = self.options.get(kind)
        return None if value is None else struct.unpack(fmt, value)

    @property
    def mss(self):
        value = self.number(MSS, "!H")
        return value and value[0]

    @property
    def wscale(self):
        value = self.number(WSCALE, "!B")
        return value and value[0]

    @property
    def sack_ok(self):
        return SACK_OK in self.options

    @property
    def ts(self):
        """(TSval, TSecr) or None."""
        return self.number(TIMESTAMP, "!II")

    @property
    def sack(self):
        """Blocks, the first first."""
        value = self.options.get(SACK, b"")
        return [struct.unpack_from("!II", value, at) for at in range(0, len(value) - 7, 8)]

    @property
    def ecn(self):
        """The codepoint in IP: 0 Not-ECT, 2 ECT(0), 1 ECT(1), 3 CE."""
        return self.tos & 3


def build(src, dst, ports, seq, ack, flags, win, options=b"", data=b"", *, urp=0, tos=0, ttl=64, bad_checksum=False,
          doff=None, reserved=0, extension=None):
    """A packet from the peer. options: the raw bytes, a multiple of four; doff lies about the header's length."""
    tcp = TCP(sport=ports[0], dport=ports[1], seq=seq & MASK, ack=ack & MASK, flags=flags, window=win, urgptr=urp,
              dataofs=(20 + len(options)) // 4 if doff is None else doff, reserved=reserved)
    payload = tcp / Raw(options + data) if options or data else tcp
    if ":" in src:
        ip = IPv6(src=src, dst=dst, tc=tos, hlim=ttl)
        packet = bytes(ip / payload)
    else:
        packet = bytes(IP(src=src, dst=dst, tos=tos, ttl=ttl) / payload)
    if bad_checksum:
        at = (40 if ":" in src else 20) + 16
        packet = packet[:at] + bytes([packet[at] ^ 0x55]) + packet[at + 1:]
    return packet


# The errors of ICMP by what they mean: type and code for IPv4; layer and fields for IPv6.
ICMP_ERRORS = {
    "net": ((3, 0), (ICMPv6DestUnreach, {"code": 0})),
    "host": ((3, 1), (ICMPv6DestUnreach, {"code": 3})),
    "protocol": ((3, 2), (ICMPv6ParamProblem, {"code": 1})),
    "port": ((3, 3), (ICMPv6DestUnreach, {"code": 4})),
    "too_big": ((3, 4), (ICMPv6PacketTooBig, {})),
    "prohibited": ((3, 13), (ICMPv6DestUnreach, {"code": 1})),
    "expired": ((11, 0), (ICMPv6TimeExceeded, {"code": 0})),
    "quench": ((4, 0), None),
}


def build_icmp(src, dst, kind, quoted, mtu=0):
    """An ICMP error from src about the packet quoted, of which as much is repeated as each protocol wants."""
    four, six = ICMP_ERRORS[kind]
    if ":" in src:
        layer, fields = six
        if kind == "too_big":
            fields = {"mtu": mtu}
        return bytes(IPv6(src=src, dst=dst) / layer(**fields) / Raw(quoted[:1200]))
    error = ICMP(type=four[0], code=four[1])
    if kind == "too_big":
        error.nexthopmtu = mtu
    return bytes(IP(src=src, dst=dst) / error / Raw(quoted[:28]))

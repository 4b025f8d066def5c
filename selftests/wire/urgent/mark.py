# SPDX-License-Identifier: GPL-2.0
"""Reading stops at the mark, SIOCATMARK says when it is there. RFC 6093 3.2, tcp(7)."""

import fcntl
import struct

SIOCATMARK = 0x8905


def at_mark(c):
    return struct.unpack("i", fcntl.ioctl(c.sock, SIOCATMARK, b"\0" * 4))[0]


def run(t):
    c = t.accept()
    c.setopt("SO_OOBINLINE", 1)
    c.inject("PAU", b"abcdXefg", urp=5)
    c.expect("A", ack=9)
    c.equal(at_mark(c), 0, "at the mark, before")
    c.equal(c.sock.recv(100), b"abcd", "the text before the mark")
    c.equal(at_mark(c), 1, "at the mark")
    c.equal(c.sock.recv(100), b"Xefg", "the text from the mark on")
    c.equal(at_mark(c), 0, "at the mark, after")

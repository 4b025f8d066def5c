# SPDX-License-Identifier: GPL-2.0
"""TCP Fast Open (RFC 7413), the stack as client or as server: getting a cookie, and connecting with text."""

import socket

from .segment import FAST_OPEN, pattern

COOKIE = b"\x11\x22\x33\x44\x55\x66\x77\x88"
MSG_FASTOPEN = 0x20000000


def fast_connect(t, size):
    """A connection whose first size bytes go with sendto(MSG_FASTOPEN); its SYN is not read yet."""
    c = t.peer(None)
    c.sock = t.socket()
    t.sleep(1)
    try:
        c.sock.sendto(pattern(0, size), MSG_FASTOPEN, t.far(c.port))
    except BlockingIOError:
        # No cookie: the SYN went without the text, which is the caller's to write once connected.
        size = 0
    c.written = size
    return c


def learn_cookie(t):
    """Makes the stack know the peer's cookie."""
    c = fast_connect(t, 1)
    got = c.expect("S", 0)
    c.check(got.options.get(FAST_OPEN) == b"", "the SYN asks for no cookie")
    t.sleep(100)
    c.extra = [(FAST_OPEN, COOKIE)]
    c.inject("SA")
    c.drain(5)
    c.inject("R")
    t.sleep(5)
    return COOKIE


def serve(t, most=10):
    """A listener that lets at most so many in early. The listener and the cookie that it gives the peer."""
    t.sysctl("tcp_fastopen", 3)
    listener = t.listen(options=[(socket.IPPROTO_TCP, socket.TCP_FASTOPEN, most)])
    c = t.peer()
    c.extra = [(FAST_OPEN, b"")]
    c.inject("S")
    cookie = c.expect("SA", ack=1).options[FAST_OPEN]
    c.inject("R")
    return listener, cookie


def syn_with_text(t, cookie, **how):
    """A new peer whose SYN carries the cookie and 100 bytes; the answer is not read yet."""
    d = t.peer()
    d.extra = [(FAST_OPEN, cookie)]
    d.inject("S", pattern(0, 100), seq=0, **how)
    return d

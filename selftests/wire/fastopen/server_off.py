# SPDX-License-Identifier: GPL-2.0
"""Without the server bit of tcp_fastopen the option is ignored. ip-sysctl, RFC 7413."""

import socket

from lib.segment import FAST_OPEN


def run(t):
    t.sysctl("tcp_fastopen", 1)
    t.listen(options=[(socket.IPPROTO_TCP, socket.TCP_FASTOPEN, 10)])
    c = t.peer()
    c.extra = [(FAST_OPEN, b"")]
    c.inject("S")
    got = c.expect("SA", ack=1)
    c.check(FAST_OPEN not in got.options, "a cookie")

# SPDX-License-Identifier: GPL-2.0
"""TCP_SYNCNT sets how often a SYN is sent again. tcp(7)."""

import socket


def run(t):
    c = t.dial(options=[(socket.IPPROTO_TCP, socket.TCP_SYNCNT, 1)])
    c.expect("S")
    c.expect("S", seq=0, after=1000)
    c.quiet(1900)
    c.fails("ETIMEDOUT", ms=700)

# SPDX-License-Identifier: GPL-2.0
"""Without marks DCTCP grows as slow start does. RFC 8257 3.5, RFC 5681 3.1."""

import socket

DCTCP = [(socket.IPPROTO_TCP, socket.TCP_CONGESTION, b"dctcp")]


def run(t):
    c = t.accept(syn="SEC", options=DCTCP)
    c.write(60000)
    c.expect_data(10)
    t.sleep(100)
    c.ack(10001)
    c.expect_data(20)

# SPDX-License-Identifier: GPL-2.0
"""DCTCP's sender reduces by the share of marks: a whole flight marked halves the window. RFC 8257 3.3."""

import socket

DCTCP = [(socket.IPPROTO_TCP, socket.TCP_CONGESTION, b"dctcp")]


def run(t):
    c = t.accept(syn="SEC", options=DCTCP)
    c.write(30000)
    c.expect_data(10, ecn=2)
    t.sleep(100)
    for i in range(1, 11):
        c.inject("AE", ack=1000 * i + 1)
    c.drain(5)
    c.between(c.info()["snd_ssthresh"], 5, 6, "ssthresh")

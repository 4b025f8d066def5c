# SPDX-License-Identifier: GPL-2.0
"""Probes that nobody answers end the connection after tcp_retries2 of them. RFC 9293 3.8.6.1, tcp(7)."""


def run(t):
    t.sysctl("tcp_retries2", 4)
    c = t.accept(win=2000)
    c.write(5000)
    c.expect_data(2)
    c.ack(win=0)
    probes = len(c.drain(60000))
    c.between(probes, 3, 6, "the number of probes")
    c.fails("ETIMEDOUT")
    c.quiet(10000)

# SPDX-License-Identifier: GPL-2.0
"""TCP_USER_TIMEOUT ends a connection whose window stays closed without an answer. RFC 9293 3.8.3, tcp(7)."""


def run(t):
    c = t.accept(win=2000)
    c.setopt("TCP_USER_TIMEOUT", 3000)
    c.write(4000)
    c.expect_data(2)
    c.ack(win=0)
    c.drain(9000)
    c.fails("ETIMEDOUT")

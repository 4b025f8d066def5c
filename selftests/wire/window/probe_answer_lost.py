# SPDX-License-Identifier: GPL-2.0
"""Answers to probes that are lost do not end the connection before tcp_retries2. RFC 9293 3.8.6.1."""


def run(t):
    c = t.accept(win=2000)
    c.write(4000)
    c.expect_data(2)
    t.sleep(100)
    c.ack(win=0)
    for _ in range(5):
        c.until(lambda s: s.seq - c.irs == 2000, 30000, "a probe")
    c.ack(win=4000)
    c.expect_data(2)

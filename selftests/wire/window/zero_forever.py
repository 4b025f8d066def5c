# SPDX-License-Identifier: GPL-2.0
"""As long as probes are answered a closed window never ends the connection. RFC 9293 3.8.6.1 (MUST-37)."""


def run(t):
    t.sysctl("tcp_retries2", 3)
    c = t.accept(win=2000)
    c.write(5000)
    c.expect_data(2)
    c.ack(win=0)
    for _ in range(20):
        c.until(lambda s: s.seq - c.irs == 2000, 200000, "a probe")
        c.ack(win=0)
    c.ack(win=3000)
    c.expect_data(3)

# SPDX-License-Identifier: GPL-2.0
"""An ACK of new text restarts the timer. RFC 6298 5.3."""


def run(t):
    c = t.accept(rtt=100)
    c.write(2000)
    c.expect_data(2)
    t.sleep(100)
    c.ack(1001)
    c.expect("A", 1000, seq=1001, after=300, within=60)

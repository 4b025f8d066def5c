# SPDX-License-Identifier: GPL-2.0
"""With everything acknowledged the timer is off. RFC 6298 5.2."""


def run(t):
    c = t.accept(rtt=100)
    c.write(2000)
    c.expect_data(2)
    t.sleep(100)
    c.ack()
    c.quiet(200000)

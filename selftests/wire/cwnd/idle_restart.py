# SPDX-License-Identifier: GPL-2.0
"""After idling for longer than a time-out the window begins anew. RFC 5681 4.1, ip-sysctl."""


def run(t):
    c = t.accept()
    c.write(30000)
    c.expect_data(10)
    t.sleep(100)
    c.ack()
    c.expect_data(20)
    t.sleep(100)
    c.ack()
    t.sleep(10000)
    c.write(40000)
    c.expect_data(10)
    c.quiet(50)

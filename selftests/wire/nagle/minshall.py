# SPDX-License-Identifier: GPL-2.0
"""Only an unacknowledged small segment holds the next small one back: a large write's tail goes. RFC 9293 3.7.4."""


def run(t):
    c = t.accept()
    c.write(2100)
    c.expect_data(2)
    c.expect("PA", 100)
    c.write(50)
    c.quiet(50)
    c.ack()
    c.expect("PA", 50)

# SPDX-License-Identifier: GPL-2.0
"""Full segments do not wait, their small tail does. RFC 896, RFC 9293 3.7.4."""


def run(t):
    c = t.accept()
    c.write(10)
    c.expect("PA", 10)
    c.write(2100)
    c.expect_data(2)
    c.quiet(50)
    c.ack()
    c.expect("PA", 100)

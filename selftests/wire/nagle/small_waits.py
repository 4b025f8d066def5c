# SPDX-License-Identifier: GPL-2.0
"""A small segment waits while another is unacknowledged. RFC 896, RFC 9293 3.7.4."""


def run(t):
    c = t.accept()
    c.write(10)
    c.expect("PA", 10)
    c.write(20)
    c.write(30)
    c.quiet(100)
    c.ack()
    c.expect("PA", 50)

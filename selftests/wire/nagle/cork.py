# SPDX-License-Identifier: GPL-2.0
"""TCP_CORK holds what does not fill a segment, whatever is in flight; taking it off sends. tcp(7)."""


def run(t):
    c = t.accept()
    c.setopt("TCP_CORK", 1)
    c.write(1100)
    c.expect_data(1)
    c.quiet(20)
    c.ack()
    c.quiet(50)
    c.setopt("TCP_CORK", 0)
    c.expect("PA", 100)

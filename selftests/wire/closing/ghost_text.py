# SPDX-License-Identifier: GPL-2.0
"""Text for a connection that is long gone gets a RST. RFC 9293 3.10.7.1."""


def run(t):
    c = t.accept()
    c.inject("FA")
    c.expect("A", ack=2, within=60)
    c.close()
    c.expect("FA")
    c.ack()
    c.quiet(1000)
    c.inject("PA", 100)
    c.expect("R", seq=2)
    c.inject("FA", seq=1)
    c.expect("R", seq=2)
    c.inject("R")
    c.quiet(100)

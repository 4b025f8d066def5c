# SPDX-License-Identifier: GPL-2.0
"""An answer within the delay carries the ACK. RFC 9293 3.8.6.3."""


def run(t):
    c = t.accept()
    c.setopt("TCP_QUICKACK", 0)
    c.inject("PA", 100)
    t.sleep(10)
    c.write(50)
    c.expect("PA", 50, ack=101)
    c.quiet(100)

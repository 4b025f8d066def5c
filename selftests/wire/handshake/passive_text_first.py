# SPDX-License-Identifier: GPL-2.0
"""The side that was connected to may speak first. RFC 9293 3.5."""


def run(t):
    c = t.accept()
    c.write(3000)
    c.expect_data(3)
    c.ack()
    c.inject("PA", 10)
    c.expect("A", ack=11)

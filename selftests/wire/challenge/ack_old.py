# SPDX-License-Identifier: GPL-2.0
"""An old ACK within the largest window is no harm: the text beside it is taken. RFC 5961 5.2."""


def run(t):
    c = t.accept()
    c.write(5000)
    c.expect_data(5)
    c.ack()
    c.inject("PA", 10, ack=1)
    c.expect("A", ack=11)
    c.read(10)

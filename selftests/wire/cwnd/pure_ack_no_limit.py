# SPDX-License-Identifier: GPL-2.0
"""The congestion window holds back no ACK. RFC 5681 3."""


def run(t):
    c = t.accept()
    c.write(20000)
    c.expect_data(10)
    c.inject("PA", 100, ack=1)
    c.expect("A", ack=101)

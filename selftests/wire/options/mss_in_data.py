# SPDX-License-Identifier: GPL-2.0
"""An MSS option outside a SYN is ignored. RFC 9293 3.2."""


def run(t):
    c = t.accept()
    c.inject("PA", 100, options=b"\2\4\0\x64")
    c.expect("A", ack=101)
    c.write(2000)
    c.expect_data(2)

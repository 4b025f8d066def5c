# SPDX-License-Identifier: GPL-2.0
"""MSG_OOB marks the last byte: the urgent pointer is the number of the byte behind it. RFC 6093 2.1, RFC 9293 3.8.5."""

import socket


def run(t):
    c = t.accept()
    c.write(5, socket.MSG_OOB)
    got = c.expect("PAU", 5)
    c.equal(got.urp, 5, "the urgent pointer")
    c.ack()
    c.write(5)
    c.expect("PA", 5)

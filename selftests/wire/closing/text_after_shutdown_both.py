# SPDX-License-Identifier: GPL-2.0
"""Text after shutdown(SHUT_RDWR) finds no reader: RST. RFC 9293 3.6.1, RFC 2525 2.17."""

import socket


def run(t):
    c = t.accept()
    c.shutdown(socket.SHUT_RDWR)
    c.expect("FA")
    c.ack()
    c.inject("PA", 10)
    got = c.until(lambda s: True, 100)
    c.check("R" in got.flags, "no RST")

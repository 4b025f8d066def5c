# SPDX-License-Identifier: GPL-2.0
"""shutdown(SHUT_RDWR) sends a FIN; the socket's owner is still there, so no RST for late text in FIN-WAIT. RFC
9293 3.6."""

import socket


def run(t):
    c = t.accept()
    c.shutdown(socket.SHUT_RDWR)
    c.expect("FA")
    c.ack()
    c.inject("FA")
    c.expect("A", ack=2, within=60)

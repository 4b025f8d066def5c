# SPDX-License-Identifier: GPL-2.0
"""An urgent byte that was lost is resent as urgent. RFC 9293 3.8.5, 3.8.1."""

import socket


def run(t):
    c = t.accept()
    c.write(1, socket.MSG_OOB)
    c.expect("PAU", 1, urp=1)
    c.expect("PAU", 1, seq=1, urp=1, after=300)

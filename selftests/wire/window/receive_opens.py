# SPDX-License-Identifier: GPL-2.0
"""Reading opens a closed window: an update says so. RFC 9293 3.8.6.2.2, 3.8.6."""

import socket


def run(t):
    c = t.accept(options=[(socket.SOL_SOCKET, socket.SO_RCVBUF, 8192)])
    c.fill()
    c.read(c.snd_nxt - 1)
    got = c.expect("A", ack=c.snd_nxt)
    c.check(got.win >= 2 * c.mss, f"a window of {got.win}")

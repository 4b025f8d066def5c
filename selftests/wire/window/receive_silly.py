# SPDX-License-Identifier: GPL-2.0
"""Reading a little of a full buffer announces nothing: no silly windows. RFC 9293 3.8.6.2.2."""

import socket


def run(t):
    c = t.accept(options=[(socket.SOL_SOCKET, socket.SO_RCVBUF, 8192)])
    c.fill()
    c.read(100)
    c.quiet(100)
    c.inject("A", 1, seq=c.snd_nxt)
    c.expect("A", ack=c.snd_nxt - 1, wnd=0)

# SPDX-License-Identifier: GPL-2.0
"""Text that is not read closes the window; its right edge never moves left. RFC 9293 3.8.6 (SHLD-14)."""

import socket


def run(t):
    c = t.accept(options=[(socket.SOL_SOCKET, socket.SO_RCVBUF, 8192)])
    edge, win = 0, None
    for _ in range(200):
        if win == 0:
            break
        c.inject("PA", min(c.mss, win) if win else 500)
        for got in c.drain(60):
            new = got.ack - c.iss + got.win
            c.check(new >= edge, "the right edge moved left")
            edge, win = new, got.win
            c.equal(got.ack - c.iss, c.snd_nxt, "the ACK")
    c.equal(win, 0, "the window")
    c.between(c.snd_nxt, 2000, 33000, "what was taken")

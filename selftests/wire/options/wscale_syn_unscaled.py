# SPDX-License-Identifier: GPL-2.0
"""The window in a SYN or SYN-ACK is never scaled. RFC 7323 2.2."""


def run(t):
    t.listen()
    c = t.peer(wscale=7, win=2000)
    c.inject("S")
    c.expect("SA", ack=1, win=lambda win: win >= 16000)
    t.sleep(100)
    c.ack(win=16)
    t.accept_from(t.listeners[0], c)
    c.write(5000)
    c.expect_data(2)
    c.quiet(50)

# SPDX-License-Identifier: GPL-2.0
"""An orphan whose peer answers every probe and keeps the window closed is given up all the same: nobody may hold the
memory of closed sockets for ever (CVE-2008-4609). RFC 9293 3.8.6.1, tcp(7)."""


def run(t):
    c = t.accept(win=2000)
    c.write(4000)
    c.expect_data(2)
    t.sleep(100)
    c.ack(win=0)
    c.close()
    for _ in range(30):
        got = c.next(200000)
        if got is None or "R" in got.flags:
            break
        c.ack(2001, win=0)
    else:
        c.check(False, "30 probes were sent and answered")
    c.drain(200000)
    c.ack(2001)
    c.expect("R", seq=2001)

# SPDX-License-Identifier: GPL-2.0
"""TCP_LINGER2 below zero: no FIN-WAIT-2 at all, the connection is reset. tcp(7)."""


def run(t):
    c = t.accept()
    c.setopt("TCP_LINGER2", -1)
    c.close()
    c.expect("FA")
    c.ack()
    got = c.drain(100)
    c.check(all("R" in s.flags for s in got), "something else than a RST")
    c.inject("FA")
    c.expect("R", seq=2)

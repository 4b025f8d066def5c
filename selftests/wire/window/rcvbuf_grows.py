# SPDX-License-Identifier: GPL-2.0
"""The window offered grows with what the reader takes: no setting is needed. RFC 7323 2.1, tcp(7) tcp_moderate_rcvbuf."""


SIZE = 8000


def run(t):
    c = t.accept(ts=True, wscale=7)
    windows = [64000]
    for _ in range(12):
        for _ in range(max(5, windows[-1] // SIZE // 2)):
            c.inject("A", SIZE)
        answers = c.drain()
        c.read(c.snd_nxt - 1 - c.consumed)
        answers += c.drain(100)
        windows += [got.win << c.near_wscale for got in answers[-1:]]
        if windows[-1] > 3 * 65536:
            return
    c.check(False, f"windows {windows}")

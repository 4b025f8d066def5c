# SPDX-License-Identifier: GPL-2.0
"""The window offered grows with what the reader takes: no setting is needed. RFC 7323 2.1, tcp(7) tcp_moderate_rcvbuf."""


def run(t):
    c = t.accept(ts=True, wscale=7)
    windows = [64000]
    for _ in range(12):
        for _ in range(max(40, windows[-1] // c.mss // 2)):
            c.inject("A", c.mss)
        answers = c.drain()
        c.read(c.snd_nxt - 1 - c.consumed)
        answers += c.drain(100)
        windows += [got.win << c.near_wscale for got in answers[-1:]]
    c.check(max(windows) > 3 * 65536, f"windows {windows}")

# SPDX-License-Identifier: GPL-2.0
"""An MSS that cannot carry a stream is taken as the least that tcp_min_snd_mss allows. ip-sysctl."""


def run(t):
    c = t.accept(mss=1, sack=False)
    c.write(100)
    got = c.drain(5)
    c.check(got, "nothing was sent")
    c.check(all(s.data and len(s.data) <= 88 for s in got), "segments too large")
    c.check(len(got[0].data) >= 28, f"segments of {len(got[0].data)} bytes")

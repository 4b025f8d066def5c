# SPDX-License-Identifier: GPL-2.0
"""A FIN needs no window: with the peer's closed text waits, but the FIN of an empty queue goes. RFC 9293 3.8.6."""


def run(t):
    c = t.accept(win=2000)
    c.write(2000)
    c.expect_data(2)
    c.ack(win=0)
    c.shutdown()
    got = c.until(lambda s: True, 3000)
    c.check("F" in got.flags or got.seq - c.irs == 2000, "neither the FIN nor a probe")
    c.ack(win=2000)
    if "F" not in got.flags:
        c.until(lambda s: "F" in s.flags, 1000, "the FIN")

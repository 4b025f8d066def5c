# SPDX-License-Identifier: GPL-2.0
"""close() with SO_LINGER 0 sends a RST at SND.NXT. RFC 9293 3.10.5, socket(7)."""


def run(t):
    c = t.accept()
    c.write(2000)
    c.expect_data(2)
    c.linger(0)
    c.close()
    c.expect("RA", seq=2001, ack=1)
    c.quiet(1000)

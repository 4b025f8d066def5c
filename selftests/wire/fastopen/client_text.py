# SPDX-License-Identifier: GPL-2.0
"""With a cookie from before text rides in the SYN; the SYN-ACK acknowledges it. RFC 7413 4.2.1."""

from lib.fastopen import fast_connect, learn_cookie
from lib.segment import FAST_OPEN


def run(t):
    cookie = learn_cookie(t)
    c = fast_connect(t, 100)
    got = c.expect("S", 100)
    c.equal(got.options.get(FAST_OPEN), cookie, "the cookie")
    t.sleep(100)
    c.inject("SA", ack=101)
    c.expect("A", seq=101, ack=1)
    c.write(50)
    c.expect("PA", 50, seq=101)

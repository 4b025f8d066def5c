# SPDX-License-Identifier: GPL-2.0
"""A FIN with an old timestamp is acknowledged in TIME-WAIT and does not begin it anew. RFC 7323 5.3, RFC 9293
3.10.7.4."""


def run(t):
    c = t.accept(ts=True)
    c.close()
    c.expect("FA")
    c.inject("FA")
    c.expect("A", ack=2)
    t.sleep(40000)
    c.inject("FA", seq=1, ts=(c.ts_now() - 50000, c.ts_recent))
    c.expect("A", seq=2, ack=2)
    t.sleep(40000)
    c.inject("A", seq=2)
    c.expect("R", seq=2)

# SPDX-License-Identifier: GPL-2.0
"""Without a listener a new SYN in TIME-WAIT opens nothing. RFC 9293 3.6.1."""


def run(t):
    c = t.connect()
    c.close()
    c.expect("FA")
    c.inject("FA")
    c.expect("A", ack=2)
    t.sleep(1000)
    c.inject("S", seq=100000)
    got = c.until(lambda s: True, 100)
    c.check(set(got.flags) != set("SA"), "it was accepted")

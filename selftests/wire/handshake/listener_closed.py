# SPDX-License-Identifier: GPL-2.0
"""A listener that closes resets the connections nobody accepted. RFC 9293 3.10.4."""


def run(t):
    listener = t.listen()
    c = t.peer()
    c.inject("S")
    c.expect("SA", ack=1)
    c.ack()
    t.sleep(10)
    listener.close()
    c.expect("RA", seq=1)

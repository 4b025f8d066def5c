# SPDX-License-Identifier: GPL-2.0
"""A SYN with an older timestamp opens nothing from TIME-WAIT, though its number is beyond. RFC 6191 2."""


def run(t):
    c = t.accept(ts=True)
    c.close()
    c.expect("FA")
    c.inject("FA")
    c.expect("A", ack=2)
    t.sleep(2000)
    c.ts_base -= 4000
    c.inject("S", seq=100000)
    c.expect("A", seq=2, ack=2)

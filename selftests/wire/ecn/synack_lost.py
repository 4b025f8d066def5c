# SPDX-License-Identifier: GPL-2.0
"""The SYN-ACK that comes again asks for ECN as the first did, or for none. RFC 3168 6.1.1, RFC 5562."""


def run(t):
    t.listen()
    c = t.peer()
    c.inject("SEC")
    c.expect("SAE", ack=1)
    got = c.until(lambda s: "S" in s.flags, 1200)
    c.check(set(got.flags) in (set("SAE"), set("SA")), "flags of the SYN-ACK")
    c.ack()
    t.accept_from(t.listeners[0], c)
    c.inject("A", 100)
    c.expect("A", ack=101)

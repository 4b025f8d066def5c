# SPDX-License-Identifier: GPL-2.0
"""A SYN-ACK offers nothing but MSS to a SYN that offered nothing. RFC 7323 2.2, 3.2, RFC 2018 2."""


def run(t):
    t.listen()
    c = t.peer(mss=0, sack=False)
    c.inject("S")
    c.expect("SA", ack=1, mss=1460 if t.version == 4 else 1440, sack_ok=False, wscale=None, ts=None)

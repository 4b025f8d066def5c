# SPDX-License-Identifier: GPL-2.0
"""More fast opens than the listener allows take the slow way. RFC 7413 5.1, tcp(7)."""

from lib.fastopen import serve, syn_with_text


def run(t):
    _, cookie = serve(t, 2)
    acks = []
    for _ in range(4):
        d = syn_with_text(t, cookie)
        acks.append(d.until(lambda s: True, 100).ack - d.iss)
    d.equal(acks[0], 101, "the first ACK")
    d.equal(acks[-1], 1, "the ACK beyond the limit")

# SPDX-License-Identifier: GPL-2.0
"""Fast opens that the peer resets take their place for a minute: SYNs may be forged. RFC 7413 5.1."""

from lib.fastopen import serve, syn_with_text


def run(t):
    listener, cookie = serve(t, 2)

    def fast_open():
        d = syn_with_text(t, cookie)
        return d, d.until(lambda s: True, 100).ack - d.iss

    for _ in range(2):
        d, ack = fast_open()
        d.equal(ack, 101, "the ACK of one in time")
        t.accept_from(listener, d)
        d.inject("R", seq=101)
        t.sleep(10)
    d, ack = fast_open()
    d.equal(ack, 1, "the ACK beyond the limit")
    d.inject("R", seq=1)
    t.sleep(61000)
    d, ack = fast_open()
    d.equal(ack, 101, "the ACK a minute later")

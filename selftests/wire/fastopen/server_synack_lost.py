# SPDX-License-Identifier: GPL-2.0
"""The SYN-ACK of a fast open is lost: it is sent again, the ACK ends the handshake. RFC 7413 4.2.2, RFC 6298."""

from lib.fastopen import serve, syn_with_text


def run(t):
    listener, cookie = serve(t)
    d = syn_with_text(t, cookie)
    d.expect("SA", ack=101)
    t.accept_from(listener, d)
    d.expect("SA", seq=0, ack=101, after=1000)
    d.ack()
    d.write(100)
    d.expect("PA", 100)

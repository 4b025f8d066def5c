# SPDX-License-Identifier: GPL-2.0
"""A SYN with a good cookie opens at once: its text is delivered, an answer may go before the ACK. RFC 7413 4.2.2."""

from lib.fastopen import serve, syn_with_text


def run(t):
    listener, cookie = serve(t)
    d = syn_with_text(t, cookie)
    d.expect("SA", ack=101)
    t.accept_from(listener, d)
    d.read(100)
    d.write(500)
    d.expect("PA", 500, ack=101)
    d.ack()
    d.inject("PA", 100)
    d.expect("A", ack=201)
    d.read(100)

# SPDX-License-Identifier: GPL-2.0
"""SYN and FIN in one segment is no way to open a connection: it is dropped. RFC 9293 3.10.7.2, RFC 1644 withdrawn."""


def run(t):
    t.listen()
    c = t.peer()
    c.inject("SF", seq=0)
    c.quiet(3000)

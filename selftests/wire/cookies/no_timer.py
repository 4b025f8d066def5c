# SPDX-License-Identifier: GPL-2.0
"""Nothing is kept, so a cookie is not sent twice. RFC 4987 3.6."""


def run(t):
    t.sysctl("tcp_syncookies", 2)
    t.listen()
    c = t.peer()
    c.inject("S")
    c.expect("SA", ack=1)
    c.quiet(20000)

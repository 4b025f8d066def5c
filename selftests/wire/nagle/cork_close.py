# SPDX-License-Identifier: GPL-2.0
"""close() sends what TCP_CORK holds. tcp(7), RFC 9293 3.10.4."""


def run(t):
    c = t.accept()
    c.setopt("TCP_CORK", 1)
    c.write(20)
    c.quiet(20)
    c.close()
    c.expect("FPA", 20)

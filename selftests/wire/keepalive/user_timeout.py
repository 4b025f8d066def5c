# SPDX-License-Identifier: GPL-2.0
"""TCP_USER_TIMEOUT ends a connection whose text is not acknowledged for so long. RFC 5482, RFC 9293 3.8.3, tcp(7)."""


def run(t):
    c = t.accept()
    c.setopt("TCP_USER_TIMEOUT", 3000)
    c.write(100)
    begin = t.mark
    c.expect("PA", 100)
    c.drain(2500)
    c.equal(c.state(), "ESTABLISHED")
    c.drain(2000)
    c.fails("ETIMEDOUT")
    c.check(t.mark - begin < 5000, "too late")

# SPDX-License-Identifier: GPL-2.0
"""close() sends what Nagle holds, with the FIN. RFC 9293 3.10.4."""


def run(t):
    c = t.accept()
    c.write(10)
    c.expect("PA", 10)
    c.write(20)
    c.quiet(20)
    c.close()
    c.expect("FPA", 20)

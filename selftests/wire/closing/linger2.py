# SPDX-License-Identifier: GPL-2.0
"""TCP_LINGER2 sets how long an orphan stays in FIN-WAIT-2. tcp(7)."""


def run(t):
    c = t.accept()
    c.setopt("TCP_LINGER2", 5)
    c.close()
    c.expect("FA")
    c.ack()
    t.sleep(8000)
    c.inject("FA")
    c.expect("R", seq=2)

# SPDX-License-Identifier: GPL-2.0
"""close() with SO_LINGER returns when the time is over; the connection goes on by itself. socket(7)."""


def run(t):
    from lib import net
    c = t.accept()
    c.write(100)
    c.expect("PA", 100)
    c.linger(2)
    c.sock.setblocking(True)
    begin = net.now()
    ended = []
    t.background(lambda: (c.sock.close(), ended.append(net.now())))
    t.sleep(3000)
    c.check(ended, "close() does not return")
    c.between(ended[0] - begin, 1990, 2300, "the time that close() took")
    c.drain()
    c.ack(102)
    c.quiet(3000)

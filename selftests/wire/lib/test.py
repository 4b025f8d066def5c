# SPDX-License-Identifier: GPL-2.0
"""What a behaviour's run(t) gets: its namespace, its clock, sockets of the stack under test, connections with the peer.

Called by run.py, one Test a run. Every wait ends: in virtual time a process that spins stops the clock.
"""

import socket
import threading

from . import net
from .conn import AT_ONCE_MS, EARLY_MS, LATE_MS, LATE_SHARE, REAL_LATE_MS, Conn, Mismatch
from .segment import Segment

XTCP_PROTOCOL = 253
STACKS = {"tcp": 0, "xtcp": XTCP_PROTOCOL}

# Pinned, whatever the machine's size and the distribution think. Scripts change what they are about.
SYSCTLS = {
    "tcp_congestion_control": "reno",
    "tcp_rmem": "4096 131072 6291456",
    "tcp_wmem": "4096 262144 4194304",
    "tcp_timestamps": 1,
    "tcp_sack": 1,
    "tcp_dsack": 1,
    "tcp_window_scaling": 1,
    "tcp_ecn": 2,
    "tcp_syncookies": 1,
    "tcp_no_metrics_save": 1,
    "tcp_slow_start_after_idle": 1,
    "tcp_invalid_ratelimit": 500,
    "tcp_early_retrans": 0,
    "tcp_recovery": 1,
    "tcp_frto": 2,
}


class Test:
    """One run of one behaviour."""

    def __init__(self, version, stack):
        self.version, self.stack = version, stack
        self.net = net.Net(version)
        for name, value in SYSCTLS.items():
            net.sysctl(name, value)
        self.virtual = net.is_virtual()
        self.conns, self.listeners, self.threads = [], [], []
        self.stray, self.seen, self.log = [], [], []
        self.ports = 7000
        self.began = self.mark = net.now()

    def close(self):
        """Sockets go by RST, so that nothing of the namespace stays."""
        for sock in [c.sock for c in self.conns if c.sock] + self.listeners:
            try:
                sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
            except OSError:
                pass
            sock.close()
        for thread in self.threads:
            thread.join(60)
        self.net.close()

    # --- time and packets

    def tolerance(self, after, within):
        """The earliest and the latest time for what is due after milliseconds."""
        slack = 0 if self.virtual else REAL_LATE_MS
        if within is not None:
            low, high = (after - within, after + within) if after else (0, within)
            return low, high + slack
        if not after:
            return -1, AT_ONCE_MS + slack
        return after - EARLY_MS, after * (1 + LATE_SHARE) + LATE_MS + slack

    def note(self, text):
        self.log.append(f"{net.now() - self.began:10.1f} {text}")

    def inject(self, conn, packet):
        self.note(f"> {conn.describe_injected(Segment(packet, net.now(), trusted=False))}")
        self.mark = net.now()
        self.net.send(packet)

    def send_raw(self, packet, what):
        self.note(f"> {what}")
        self.mark = net.now()
        self.net.send(packet)

    def pump(self, timeout_ms):
        """Reads a packet, if one comes in time, into its connection's inbox."""
        packet = self.net.receive(timeout_ms)
        if packet is None:
            return False
        protocol = packet[9] if packet[0] >> 4 == 4 else packet[6]
        if protocol != 6:
            return True
        got = Segment(packet, net.now())
        self.seen.append(got)
        for conn in self.conns:
            if conn.port == got.dport and conn.near_port in (None, got.sport):
                conn.near_port = got.sport
                conn.inbox.append(got)
                self.note(f"  < {conn.describe(got)}")
                break
        else:
            self.stray.append(got)
            self.note(f"  < stray {got.flags}")
        if not got.checksum_ok:
            raise Mismatch("a wrong checksum")
        if got.reserved:
            raise Mismatch("reserved bits are set")
        return True

    def next(self, conn, timeout_ms):
        end = net.now() + timeout_ms
        while not conn.inbox:
            left = end - net.now()
            if not self.pump(max(left, 0)) and left <= 0:
                return None
        return conn.inbox.pop(0)

    def sleep(self, ms):
        """Time passes; what the stack sends is kept."""
        end = net.now() + ms
        while net.now() < end:
            self.pump(end - net.now())
        self.mark = net.now()

    def wait(self, poll, ms):
        """Until a socket is ready, reading what the stack sends meanwhile."""
        end = net.now() + ms
        while not poll.poll(0) and net.now() < end:
            self.pump(min(20, end - net.now()))

    def sysctl(self, name, value):
        net.sysctl(name, value)

    # --- sockets

    def socket(self):
        sock = socket.socket(net.FAMILY[self.version], socket.SOCK_STREAM, STACKS[self.stack])
        sock.setblocking(False)
        return sock

    def near(self, port):
        return (net.NEAR[self.version], port)

    def far(self, port):
        return (net.PEER[self.version], port)

    def next_port(self):
        self.ports += 1
        return self.ports

    def listen(self, port=80, backlog=100, options=()):
        """options: triples for setsockopt() before listen()."""
        sock = self.socket()
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        for option in options:
            sock.setsockopt(*option)
        sock.bind(self.near(port))
        sock.listen(backlog)
        self.listeners.append(sock)
        return sock

    def peer(self, near_port=80, **offer):
        """A peer that has sent nothing yet."""
        conn = Conn(self, self.next_port(), near_port, **offer)
        self.conns.append(conn)
        return conn

    def accept_from(self, listener, conn):
        """The connection that waits at listener becomes conn.sock."""
        import select
        poll = select.poll()
        poll.register(listener, select.POLLIN)
        self.wait(poll, 1000)
        try:
            conn.sock, _ = listener.accept()
        except BlockingIOError:
            raise Mismatch("nothing to accept") from None
        conn.sock.setblocking(False)
        return conn

    def accept(self, *, options=(), listener=None, syn="S", rtt=100, **offer):
        """The peer connects to the stack: handshake in rtt ms, accept(). After it nothing is in flight."""
        listener = listener or (self.listeners[-1] if self.listeners else self.listen(options=options))
        conn = self.peer(listener.getsockname()[1], **offer)
        conn.inject(syn)
        got = conn.expect("SAE" if set("EC") <= set(syn) else "SA", ack=1)
        conn.check_offer(got)
        self.sleep(rtt)
        conn.ack()
        return self.accept_from(listener, conn)

    def dial(self, options=(), **offer):
        """The stack connects: SYN-SENT, its SYN is not read yet."""
        conn = self.peer(None, **offer)
        conn.sock = self.socket()
        for option in options:
            conn.sock.setsockopt(*option)
        self.mark = net.now()
        try:
            conn.sock.connect(self.far(conn.port))
        except BlockingIOError:
            pass
        return conn

    def connect(self, options=(), syn="S", rtt=100, **offer):
        """The stack connects, the peer agrees: ESTABLISHED, nothing in flight."""
        conn = self.dial(options, **offer)
        conn.check_offer(conn.expect(syn))
        self.sleep(rtt)
        conn.inject("SA")
        conn.expect("A", ack=1)
        return conn

    def background(self, function):
        """Something that blocks. Joined by close()."""
        thread = threading.Thread(target=function, daemon=True)
        self.threads.append(thread)
        thread.start()
        return thread

# SPDX-License-Identifier: GPL-2.0
"""One connection: the scripted peer's end, segment by segment, and the stack's socket.

Sequence numbers are relative, as tcpdump's: a SYN is 0, the first byte of the stream is 1, in both directions. The peer
remembers what RFC 9293 3.3.1 calls SND.NXT and RCV.NXT (snd_nxt, rcv_nxt), and fills them in where a script says
nothing else. Made by test.py.
"""

import errno
import select
import socket
import struct

from . import net, segment
from .segment import MASK, pack_options, pattern, signed

ANY = object()

# How long "at once" may take; how long a timer of the stack may be early (its clock ticks) and late (its timer wheel is
# coarser for later times), in milliseconds and as a share.
AT_ONCE_MS, EARLY_MS, LATE_MS, LATE_SHARE = 10, 9, 12, 0.135
# On a real clock machines are late.
REAL_LATE_MS = 250

TCP_INFO_FIELDS = (
    "state ca_state retransmits probes backoff options wscale app_limited".split(),
    ("rto ato snd_mss rcv_mss unacked sacked lost retrans fackets last_data_sent last_ack_sent last_data_recv "
     "last_ack_recv pmtu rcv_ssthresh rtt rttvar snd_ssthresh snd_cwnd advmss reordering rcv_rtt rcv_space "
     "total_retrans").split(),
)
STATES = ("? ESTABLISHED SYN_SENT SYN_RECV FIN_WAIT1 FIN_WAIT2 TIME_WAIT CLOSE CLOSE_WAIT LAST_ACK LISTEN "
          "CLOSING").split()


class Mismatch(AssertionError):
    """The stack did not do what the script expects."""


class Conn:
    """options of the peer's SYN: mss (0: none), wscale (None: none), sack, ts, ecn (RFC 3168 setup)."""

    def __init__(self, test, port, near_port=None, *, mss=1000, wscale=None, sack=True, ts=False, win=65535,
                 iss=1000000):
        self.test = test
        self.port, self.near_port = port, near_port
        self.offer = {"mss": mss, "wscale": wscale, "sack": sack, "ts": ts}
        self.mss = mss or 536
        self.ts = ts
        self.win = win
        self.iss, self.irs = iss, None
        self.snd_nxt, self.rcv_nxt = 0, 0
        self.ts_recent, self.ts_base = 0, 5000
        self.near_wscale = 0
        self.sock = None
        self.inbox = []
        self.written = self.consumed = 0
        self.extra = []

    # --- what the peer sends

    def ts_now(self):
        """The peer's timestamp clock ticks once a millisecond."""
        return (self.ts_base + int(net.now() - self.test.began)) & MASK

    def syn_options(self, *, ack=False):
        """As offered; in a SYN-ACK only what the stack's SYN offered too, which scripts see to."""
        offer = self.offer
        pairs = []
        if offer["mss"]:
            pairs.append((segment.MSS, struct.pack("!H", offer["mss"])))
        if offer["sack"]:
            pairs.append((segment.SACK_OK, b""))
        if offer["ts"]:
            pairs.append((segment.TIMESTAMP, struct.pack("!II", self.ts_now(), self.ts_recent if ack else 0)))
        if offer["wscale"] is not None:
            pairs.append((segment.WSCALE, struct.pack("!B", offer["wscale"])))
        return pack_options(pairs + self.extra)

    def inject(self, flags="A", data=0, *, seq=None, ack=None, win=None, ts=None, sack=(), options=None, src=None,
               **more):
        """Sends a segment. data: so many bytes of the stream's pattern at seq, or the bytes. ts: (TSval, TSecr), False
        for none. options: raw bytes instead of all options. Numbers given as seq and ack are relative."""
        seq = self.snd_nxt if seq is None else seq
        if isinstance(data, int):
            data = pattern(seq - 1, data) if data else b""
        if options is None:
            if "S" in flags:
                options = self.syn_options(ack="A" in flags)
            else:
                pairs = []
                if ts is not False and (self.ts or ts):
                    value = ts or (self.ts_now(), self.ts_recent)
                    pairs.append((segment.TIMESTAMP, struct.pack("!II", value[0] & MASK, value[1] & MASK)))
                if sack:
                    blocks = b"".join(struct.pack("!II", *((n + self.irs) & MASK for n in pair)) for pair in sack)
                    pairs.append((segment.SACK, blocks))
                options = pack_options(pairs)
        if ack is None:
            ack_wire = self.irs + self.rcv_nxt if self.irs is not None and "A" in flags else 0
        else:
            ack_wire = (self.irs or 0) + ack
        self.test.inject(self, segment.build(
            src or net.PEER[self.test.version], net.NEAR[self.test.version], (self.port, self.near_port),
            self.iss + seq, ack_wire, flags, self.win if win is None else win, options, data, **more))
        end = seq + len(data) + ("S" in flags) + ("F" in flags)
        if "R" not in flags and signed(end - self.snd_nxt) > 0:
            self.snd_nxt = end

    def ack(self, ack=None, **more):
        """A pure ACK of everything that came in order, or of ack."""
        self.inject("A", ack=ack, **more)

    def dup_acks(self, count, ack, **more):
        for _ in range(count):
            self.inject("A", ack=ack, **more)

    def icmp(self, kind, *, mtu=0, seq=None, source=None, quoted=None):
        """An ICMP error about what the stack sent at seq (default: the last segment)."""
        packet = quoted or self.quote(seq)
        version = self.test.version
        self.test.send_raw(segment.build_icmp(source or net.ROUTER[version], net.NEAR[version], kind, packet, mtu),
                           f"ICMP {kind} mtu {mtu}")

    def quote(self, seq):
        """The packet that the stack sent with this sequence number; one that it never sent is made up."""
        sent = [s for s in self.test.seen if s.dport == self.port]
        if seq is None:
            return sent[-1].packet
        for old in reversed(sent):
            if old.seq == (self.irs + seq) & MASK:
                return old.packet
        version = self.test.version
        return segment.build(net.NEAR[version], net.PEER[version], (self.near_port, self.port), self.irs + seq, 0, "A",
                             1000)

    # --- what the peer expects

    def next(self, timeout_ms):
        return self.test.next(self, timeout_ms)

    def expect(self, flags="A", size=0, *, seq=None, ack=None, after=0, within=None, **fields):
        """The next segment. after: milliseconds since the last event. size: bytes of text.
        seq: None is what the peer expects next. ANY is not looked at. fields: attributes of Segment."""
        early, late = self.test.tolerance(after, within)
        got = self.next(self.test.mark + late - net.now())
        what = f"{flags} len {'any' if size is ANY else size}" + (f" after {after} ms" if after else "")
        if got is None:
            raise Mismatch(f"expected {what}, nothing came in {late:.0f} ms")
        if self.irs is None:
            self.irs = got.seq
        relative = signed(got.seq - self.irs)
        wanted = self.rcv_nxt if seq is None else seq
        problems = []
        if set(got.flags) - {"P"} != set(flags) - {"P"} or ("P" in flags and "P" not in got.flags):
            problems.append(f"flags {got.flags}")
        if "R" not in flags or seq is not None:
            if seq is not ANY and relative != wanted:
                problems.append(f"seq {relative}, not {wanted}")
        if size not in (ANY, len(got.data)):
            problems.append(f"{len(got.data)} bytes of text")
        if ack is not None and ack is not ANY and signed(got.ack - self.iss) != ack:
            problems.append(f"ack {signed(got.ack - self.iss)}, not {ack}")
        for name, value in fields.items():
            found = self.field(got, name)
            if not (value(found) if callable(value) else found == value):
                problems.append(f"{name} {found}" + ("" if callable(value) else f", not {value}"))
        waited = got.time - self.test.mark
        if waited < early or waited > late:
            problems.append(f"after {waited:.1f} ms, not {early:.0f}-{late:.0f} ms")
        if problems:
            raise Mismatch(f"expected {what}, got {self.describe(got)}: " + "; ".join(problems))
        self.take(got)
        self.test.mark = got.time
        return got

    def field(self, got, name):
        if name == "sack":
            return [tuple(signed(n - self.iss) for n in block) for block in got.sack]
        if name == "wnd":
            return got.win << (0 if "S" in got.flags else self.near_wscale)
        return getattr(got, name)

    def take(self, got):
        """Keeps the peer's variables, and checks that the text is that of the stream."""
        start = signed(got.seq - self.irs)
        end = start + len(got.data) + ("S" in got.flags) + ("F" in got.flags)
        if got.data and "S" not in got.flags and got.data != self.expected_text(start, len(got.data)):
            raise Mismatch(f"the text at {start} is not what was written")
        if start <= self.rcv_nxt < end:
            self.rcv_nxt = end
        if got.ts:
            self.ts_recent = got.ts[0]
        if "S" in got.flags and self.offer["wscale"] is not None and got.wscale is not None:
            self.near_wscale = got.wscale

    def expected_text(self, start, length):
        return pattern(start - 1, length)

    def expect_data(self, count, *, size=None, first=None, after=0, flags="A", **fields):
        """count full segments in a row; only the first may take time."""
        size = self.mss if size is None else size
        out = []
        for i in range(count):
            seq = None if first is None else first + i * size
            out.append(self.expect(flags, size, seq=seq, after=after if i == 0 else 0, **fields))
        return out

    def quiet(self, ms):
        """Nothing comes for so long."""
        end = net.now() + ms
        got = self.next(ms)
        if got:
            raise Mismatch(f"expected silence, got {self.describe(got)}")
        while net.now() < end:
            self.test.pump(end - net.now())
        self.test.mark = net.now()

    def drain(self, ms=0):
        """Takes and forgets what comes within ms; what the stack sent is in the answer."""
        out = []
        end = net.now() + ms
        while True:
            got = self.next(end - net.now())
            if got is None:
                break
            if self.irs is None:
                self.irs = got.seq
            self.take(got)
            out.append(got)
        self.test.mark = net.now()
        return out

    def until(self, predicate, ms, what="a segment"):
        """Forgets segments until one satisfies; returns it."""
        end = net.now() + ms
        while True:
            got = self.next(end - net.now())
            if got is None:
                raise Mismatch(f"expected {what}, nothing like it came in {ms} ms")
            if self.irs is None:
                self.irs = got.seq
            self.take(got)
            if predicate(got):
                self.test.mark = got.time
                return got

    def fill(self, **more):
        """Sends text that nobody reads until the stack's window is closed."""
        win = 500
        for _ in range(300):
            self.inject("PA", min(self.mss, win), **more)
            answers = self.drain(250)
            if answers:
                win = answers[-1].win << self.near_wscale
            if not win:
                self.test.mark = net.now()
                return
        raise Mismatch("the window does not close")

    def describe(self, s):
        irs = self.irs or s.seq
        extra = "".join(f" {name} {value}" for name, value in (
            ("mss", s.mss), ("wscale", s.wscale), ("ts", s.ts), ("sack", self.field(s, "sack") or None),
            ("urg", s.urp or None), ("ecn", s.ecn or None)) if value is not None)
        return (f"{s.flags} seq {signed(s.seq - irs)} len {len(s.data)} ack {signed(s.ack - self.iss)} win {s.win}"
                + (" sackOK" if s.sack_ok else "") + extra)

    def describe_injected(self, s):
        extra = "".join(f" {name} {value}" for name, value in (
            ("mss", s.mss), ("wscale", s.wscale), ("ts", s.ts),
            ("sack", [tuple(signed(n - (self.irs or 0)) for n in b) for b in s.sack] or None),
            ("urg", s.urp or None), ("ecn", s.ecn or None)) if value is not None)
        return (f"{s.flags} seq {signed(s.seq - self.iss)} len {len(s.data)} ack {signed(s.ack - (self.irs or 0))} "
                f"win {s.win}" + (" sackOK" if s.sack_ok else "") + extra)

    def check_offer(self, got):
        """got is the stack's SYN or SYN-ACK: what it did not offer or take is not used."""
        self.ts = self.offer["ts"] and got.ts is not None
        if "A" not in got.flags:
            self.offer["ts"] = self.ts
            self.offer["sack"] = self.offer["sack"] and got.sack_ok
            if got.wscale is None:
                self.offer["wscale"] = None
        if self.ts:
            self.mss -= 12

    # --- the stack's socket

    def write(self, count, flags=0):
        """Writes so many bytes of the stream, all of which the send buffer must take."""
        data = pattern(self.written, count)
        self.test.mark = net.now()
        sent = self.sock.send(data, flags)
        if sent != count:
            raise Mismatch(f"wrote {sent} of {count} bytes")
        self.written += count

    def wait_readable(self, ms=1000):
        poll = select.poll()
        poll.register(self.sock, select.POLLIN)
        self.test.wait(poll, ms)

    def read(self, count, ms=1000):
        """Reads exactly so many bytes, which must be those of the stream."""
        got = b""
        while len(got) < count:
            self.wait_readable(ms)
            try:
                part = self.sock.recv(count - len(got))
            except BlockingIOError:
                raise Mismatch(f"{len(got)} of {count} bytes can be read") from None
            if not part:
                raise Mismatch(f"end of file after {len(got)} of {count} bytes")
            got += part
        if got != pattern(self.consumed, count):
            raise Mismatch("the text read is not what was sent")
        self.consumed += count
        self.test.mark = net.now()

    def nothing_to_read(self):
        try:
            got = self.sock.recv(65536)
        except BlockingIOError:
            return
        raise Mismatch(f"{len(got)} bytes or the end of file can be read")

    def eof(self, ms=1000):
        self.wait_readable(ms)
        try:
            got = self.sock.recv(100)
        except BlockingIOError:
            raise Mismatch("no end of file") from None
        if got:
            raise Mismatch("bytes in place of the end of file")

    def fails(self, name, call=None, ms=1000):
        """The next call (recv) reports this errno."""
        if call is None:
            self.wait_readable(ms)
        try:
            (call or (lambda: self.sock.recv(100)))()
        except OSError as error:
            if error.errno == getattr(errno, name):
                return
            raise Mismatch(f"{errno.errorcode[error.errno]}, not {name}") from None
        raise Mismatch(f"no {name}")

    def close(self):
        self.test.mark = net.now()
        self.sock.close()

    def shutdown(self, how=socket.SHUT_WR):
        self.test.mark = net.now()
        self.sock.shutdown(how)

    def setopt(self, name, value, level=socket.IPPROTO_TCP):
        number = getattr(socket, name)
        self.test.mark = net.now()
        self.sock.setsockopt(socket.SOL_SOCKET if name.startswith("SO_") else level, number, value)

    def linger(self, seconds, on=1):
        self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", on, seconds))

    def info(self):
        raw = self.sock.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 104)
        values = struct.unpack("7BB24I", raw)
        return dict(zip(sum(TCP_INFO_FIELDS, []), values))

    def state(self):
        return STATES[self.info()["state"]]

    def check(self, truth, what):
        if not truth:
            raise Mismatch(what)

    def equal(self, found, wanted, what="value"):
        if found != wanted:
            raise Mismatch(f"{what} is {found}, not {wanted}")

    def between(self, found, low, high, what="value"):
        if not low <= found <= high:
            raise Mismatch(f"{what} is {found}, not {low} to {high}")

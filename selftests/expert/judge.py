#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
#
# What does another program's eye say of XTCP's segments? Has tshark's expert analysis look at a capture: of the
# segments that are XTCP's nothing may be malformed, or otherwise wrong. What tshark does not know, or not exactly, is
# reckoned here: no text beyond the window that the peer has offered, no ACK of what the peer never sent. Checksums are
# judged elsewhere, by receivers and by selftests/wire (captures with offload have half of them). Prints what is wrong,
# then how many segments there were.
#
#   judge.py CAPTURE outbound|INTERFACE
#
# outbound: what the captured hosts sent is XTCP's; a number: what that interface of the capture sent.

import re
import subprocess
import sys

WARNING = 6291456
OUTBOUND = "2"
# Warnings that are about the network, the peer, or an ordinary event; what is below a warning is remarks. Of ACKs
# beyond what was captured tshark judges by segments that came in order, and forgets the others.
HARMLESS = re.compile(r"Connection reset|Previous segment|out-of-order|D-SACK|Port numbers reused|[Zz]ero ?[Ww]indow|"
                      r"window specified by the receiver is now completely full|ACKed segment that wasn't captured")
FIELDS = ("frame.number frame.interface_id frame.packet_flags_direction frame.comment "
          "ip.src ip.dst ipv6.src ipv6.dst tcp.srcport tcp.dstport tcp.seq tcp.ack tcp.len tcp.flags "
          "tcp.window_size_value tcp.options.wscale.shift _ws.expert.severity _ws.expert.message").split()
FIN, SYN, RST, ACK = 1, 2, 4, 16
MASK = 0xffffffff
LARGEST_WINDOW = 1 << 30
INCARNATIONS = 6


def later(a, b):
    """How far A lies beyond B on the circle of sequence numbers; negative: before."""
    distance = (a - b) & MASK
    return distance - (1 << 32) if distance & 0x80000000 else distance


class Way:
    """One direction of a connection: what was sent, and how far the other side lets it go."""

    def __init__(self):
        self.scale = None    # of the windows that this side announces
        self.edge = None     # the right edge of the window that this side was offered
        self.ends = []       # behind the highest number that this side has sent, in each incarnation, the last first

    def opens(self, end, shift):
        """This side sends a SYN, perhaps an old one, or a forged one."""
        self.ends = [end] + [old for old in self.ends if old != end][:INCARNATIONS - 1]
        self.scale = self.scale if shift is None else max(min(shift, 14), self.scale or 0)

    def sends(self, end):
        if not self.ends:
            self.ends = [end]
        elif later(end, self.ends[0]) > 0:
            self.ends[0] = end

    def has_sent(self, ack):
        """Whether so much can be acknowledged."""
        return not self.ends or any(-LARGEST_WINDOW < later(ack, end) <= 0 for end in self.ends)


class Judge:
    def __init__(self, ours):
        self.ours = ours
        self.ways = {}
        self.segments = 0
        self.found = []

    def is_ours(self, s):
        if s["frame.packet_flags_direction"] and int(s["frame.packet_flags_direction"], 0) & 3 != int(OUTBOUND):
            return False
        return self.ours == "outbound" or s["frame.interface_id"] == self.ours

    def say(self, s, text):
        comment = f" ({s['frame.comment']})" if s["frame.comment"] else ""
        self.found.append(f"frame {s['frame.number']}{comment}: {text}")

    def expert(self, s):
        severities = s["_ws.expert.severity"].split("|")
        messages = s["_ws.expert.message"].split("|")
        for severity, message in zip(severities, messages):
            if severity and int(severity) >= WARNING and not HARMLESS.search(message):
                self.say(s, message)

    def window(self, s, ours):
        """Books of both directions, and whether ours keeps to its window and acknowledges what there is."""
        ends = (s["ip.src"] + s["ipv6.src"] + " " + s["tcp.srcport"],
                s["ip.dst"] + s["ipv6.dst"] + " " + s["tcp.dstport"])
        way = self.ways.setdefault(ends, Way())
        other = self.ways.setdefault((ends[1], ends[0]), Way())
        seq, length, flags = int(s["tcp.seq"]), int(s["tcp.len"]), int(s["tcp.flags"], 0)
        if flags & RST:
            return
        text = seq + length & MASK
        end = text + bool(flags & SYN) + bool(flags & FIN) & MASK
        if flags & SYN:
            shift = s["tcp.options.wscale.shift"].split("|")[0]
            way.opens(end, int(shift) if shift else None)
            if not flags & ACK:
                # What a former connection of the same ports was told means nothing.
                way.edge = other.edge = None
        else:
            way.sends(end)
            if ours and length and way.edge is not None and later(text, way.edge) > 0:
                self.say(s, f"text to {text}, {later(text, way.edge)} beyond the window")
        if flags & ACK:
            ack = int(s["tcp.ack"])
            if ours and not other.has_sent(ack):
                self.say(s, f"acknowledges {ack}, which was never sent")
            scaled = way.scale is not None and other.scale is not None and not flags & SYN
            edge = ack + (int(s["tcp.window_size_value"]) << (way.scale if scaled else 0)) & MASK
            if other.edge is None or later(edge, other.edge) > 0:
                other.edge = edge

    def segment(self, s):
        ours = self.is_ours(s)
        self.window(s, ours)
        if ours:
            self.segments += 1
            self.expert(s)


def main():
    path, ours = sys.argv[1:]
    # Whatever the ports, the text is nothing but text.
    command = ["tshark", "-n", "-r", path, "-Y", "tcp", "-o", "tcp.check_checksum:FALSE", "-o",
               "tcp.relative_sequence_numbers:FALSE", "-d", "tcp.port==1-65535,data", "-T", "fields",
               "-E", "aggregator=|", "-E", "separator=/t"] + [part for field in FIELDS for part in ("-e", field)]
    judge = Judge(ours)
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as tshark:
        for line in tshark.stdout:
            judge.segment(dict(zip(FIELDS, line.rstrip("\n").split("\t") + [""] * len(FIELDS))))
        error = tshark.stderr.read()
    if tshark.returncode:
        judge.found.append(f"tshark: {error.strip()}")
    if not judge.segments:
        judge.found.append("no segment of XTCP's")
    print("\n".join(judge.found + [f"{judge.segments} segments"]))
    return 1 if judge.found else 0


if __name__ == "__main__":
    sys.exit(main())

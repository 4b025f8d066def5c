#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""Lines and branches of the module that ran, by file, from gcov's counts: report.py OBJECTS REASONS LEAST COUNTS...

COUNTS are folders of the module's counts, compiled below OBJECTS, or of module/core/ compiled for the host; a line ran if it
ran in any of them. Prints a table, then the ranges of lines that did not run, by function, each with the reason that REASONS
has for it: lines "FILE[:FUNCTION] reason". A header's line counts as run if any file that includes it ran it. Exit status 1
if less than LEAST percent of all lines ran."""

import gzip
import json
import os
import subprocess
import sys
from collections import defaultdict

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))


class Counts:
    """{file: {line: count}}, {file: {line: branches' counts}}, {file: {function: [first line, last line, count]}}"""

    def __init__(self):
        self.lines = defaultdict(lambda: defaultdict(int))
        self.branches = defaultdict(dict)
        self.functions = defaultdict(dict)

    def read(self, folder, roots):
        for path, _, names in os.walk(folder):
            for name in names:
                if name.endswith(".gcda") and not name.endswith(".mod.gcda"):
                    out = subprocess.run(["gcov", "--json-format", "--branch-probabilities", "--stdout", name], cwd=path,
                                         capture_output=True, check=True).stdout
                    data = json.loads(gzip.decompress(out) if out[:2] == b"\x1f\x8b" else out)
                    for entry in data["files"]:
                        self.take(entry, os.path.join(data["current_working_directory"], entry["file"]), roots)

    def take(self, entry, path, roots):
        path = os.path.normpath(path)
        file = next((path[len(root) + 1:] for root in roots if path.startswith(root + "/module/")), None)
        if not file:
            return
        for line in entry["lines"]:
            number = line["line_number"]
            self.lines[file][number] += line["count"]
            self.add_branches(file, number, [b["count"] for b in line["branches"]])
        for f in entry["functions"]:
            had = self.functions[file].setdefault(f["name"], [f["start_line"], f["end_line"], 0])
            had[2] += f["execution_count"]

    def entered(self):
        """A function that is part of its callers has no count at its first line: that ran if any other of its lines did."""
        for file, functions in self.functions.items():
            lines = self.lines[file]
            for first, last, _ in functions.values():
                if first in lines and not lines[first]:
                    lines[first] = max(c for n, c in lines.items() if first <= n <= last)

    def add_branches(self, file, number, new):
        """A line in two objects: the same branches are added up; if the compilers made different ones, the better known count."""
        had = self.branches[file].get(number)
        if had is None:
            self.branches[file][number] = new
        elif len(had) == len(new):
            self.branches[file][number] = [a + b for a, b in zip(had, new)]
        elif sum(map(bool, new)) * len(had) > sum(map(bool, had)) * len(new) or not had:
            self.branches[file][number] = new

    def branch_sum(self, file):
        all_of = [c for line in self.branches[file].values() for c in line]
        return len(all_of), sum(map(bool, all_of))


def read_reasons(path):
    found = {}
    with open(path, encoding="utf-8") as text:
        for line in text:
            if line.strip() and not line.startswith("#"):
                key, reason = line.split(None, 1)
                found[key] = reason.strip()
    return found


def ranges(numbers, known):
    """Lines that did not run, joined where only lines without code lie between."""
    out = []
    order = sorted(known)
    place = {n: i for i, n in enumerate(order)}
    for n in sorted(numbers):
        if out and place[n] == place[out[-1][1]] + 1:
            out[-1][1] = n
        else:
            out.append([n, n])
    return out


def row(file, n, r, b, t):
    print(f"{file:34} {n:6} {r:6} {100 * r / n:6.1f}   {b:8} {t:6} {100 * t / b if b else 100:6.1f}")


def table(counts):
    """Prints it; returns lines and those that ran."""
    total = [0, 0, 0, 0]
    print(f"{'file':34} {'lines':>6} {'ran':>6} {'%':>6}   {'branches':>8} {'taken':>6} {'%':>6}")
    for file in sorted(counts.lines):
        here = (len(counts.lines[file]), sum(c > 0 for c in counts.lines[file].values()), *counts.branch_sum(file))
        total = [a + b for a, b in zip(total, here)]
        row(file, *here)
    row("all", *total)
    return total[0], total[1]


def what_did_not(counts, reasons):
    print("\nwhat did not run:")
    without = explained = 0
    for file in sorted(counts.lines):
        missing = {n for n, c in counts.lines[file].items() if not c}
        for name, (first, last, count) in sorted(counts.functions[file].items(), key=lambda x: x[1]):
            inside = {n for n in missing if first <= n <= last}
            if not inside:
                continue
            missing -= inside
            where = ", ".join(f"{a}-{z}" if a != z else f"{a}" for a, z in ranges(inside, counts.lines[file]))
            reason = reasons.get(f"{file}:{name}") or reasons.get(file) or ""
            explained += len(inside) if reason else 0
            without += 0 if reason else len(inside)
            print(f"  {file}:{name} {'(never called) ' if not count and first in inside else ''}{where}{'  # ' + reason if reason else ''}")
    print(f"\nlines that did not run: {without + explained}, {explained} of them with a reason in reasons.conf")


def main():
    objects, reasons_path, least, *folders = sys.argv[1:]
    counts = Counts()
    for folder in folders:
        counts.read(folder, [os.path.abspath(objects), TOP])
    counts.entered()
    total, ran = table(counts)
    what_did_not(counts, read_reasons(reasons_path))
    return 0 if 100 * ran >= float(least) * total else 1


if __name__ == "__main__":
    sys.exit(main())

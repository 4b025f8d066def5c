#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""Lines and branches of the module that ran, by file, from gcov's counts: report.py COUNTS OBJECTS REASONS LEAST

Prints a table, then the functions that never ran and the ranges of lines that did not, each with the reason that REASONS has
for it: lines "FILE[:FUNCTION] reason". A header's line counts as run if any file that includes it ran it. Exit status 1 if
less than LEAST percent of all lines ran."""

import gzip
import json
import os
import subprocess
import sys
from collections import defaultdict


def counts(folder, objects):
    """{file: {line: count}}, {file: (branches, taken)}, {file: {function: (first line, last line, count)}}"""
    lines, branches, functions = defaultdict(dict), defaultdict(dict), defaultdict(dict)
    for path, _, names in os.walk(folder):
        for name in names:
            if not name.endswith(".gcda") or name.endswith(".mod.gcda"):
                continue
            out = subprocess.run(["gcov", "--json-format", "--branch-probabilities", "--stdout", name], cwd=path,
                                 capture_output=True, check=True).stdout
            data = json.loads(gzip.decompress(out) if out[:2] == b"\x1f\x8b" else out)
            for entry in data["files"]:
                take(entry, objects, lines, branches, functions)
    return lines, branches, functions


def take(entry, objects, lines, branches, functions):
    file = os.path.normpath(os.path.join(objects, entry["file"]))
    if not file.startswith(objects + "/module/"):
        return
    file = file[len(objects) + 1:]
    for line in entry["lines"]:
        number = line["line_number"]
        lines[file][number] = lines[file].get(number, 0) + line["count"]
        for i, branch in enumerate(line["branches"]):
            key = (number, i)
            branches[file][key] = branches[file].get(key, 0) + branch["count"]
    for f in entry["functions"]:
        had = functions[file].get(f["name"], (0, 0, 0))[2]
        functions[file][f["name"]] = (f["start_line"], f["end_line"], had + f["execution_count"])


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


def main():
    folder, objects, reasons_path, least = sys.argv[1:5]
    lines, branches, functions = counts(folder, os.path.abspath(objects))
    reasons = read_reasons(reasons_path)
    total = ran = 0
    print(f"{'file':34} {'lines':>6} {'ran':>6} {'%':>6}   {'branches':>8} {'taken':>6} {'%':>6}")
    for file in sorted(lines):
        n, r = len(lines[file]), sum(c > 0 for c in lines[file].values())
        b, t = len(branches[file]), sum(c > 0 for c in branches[file].values())
        total, ran = total + n, ran + r
        print(f"{file:34} {n:6} {r:6} {100 * r / n:6.1f}   {b:8} {t:6} {100 * t / b if b else 100:6.1f}")
    b = sum(len(x) for x in branches.values())
    t = sum(c > 0 for x in branches.values() for c in x.values())
    print(f"{'all':34} {total:6} {ran:6} {100 * ran / total:6.1f}   {b:8} {t:6} {100 * t / b:6.1f}")
    print("\nwhat did not run:")
    for file in sorted(lines):
        missing = {n for n, c in lines[file].items() if not c}
        for name, (first, last, count) in sorted(functions[file].items(), key=lambda x: x[1]):
            inside = {n for n in missing if first <= n <= last}
            if not inside:
                continue
            missing -= inside
            where = ", ".join(f"{a}-{z}" if a != z else f"{a}" for a, z in ranges(inside, lines[file]))
            reason = reasons.get(f"{file}:{name}") or reasons.get(file) or ""
            print(f"  {file}:{name} {'(never called) ' if not count else ''}{where}{'  # ' + reason if reason else ''}")
    return 0 if 100 * ran >= float(least) * total else 1


if __name__ == "__main__":
    sys.exit(main())

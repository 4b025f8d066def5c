#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
#
# A client that knows nothing of XTCP but its specification: the attributes of every message come from
# Documentation/netlink/specs/xtcp.yaml, the transport is pyroute2. Proves that the interface is what is written.
#
#   client.py SPEC                   says what it found, one "name value" a line; exits with 1 if an answer makes no sense

import sys

import yaml
from pyroute2.netlink import NLM_F_DUMP, NLM_F_REQUEST, NLM_F_ACK, genlmsg, nla
from pyroute2.netlink.generic import GenericNetlinkSocket

TYPES = {"u8": "uint8", "u16": "uint16", "u32": "uint32", "u64": "uint64", "string": "asciiz", "binary": "hex",
         "pad": "hex"}


def nests(spec, name, known):
    """A class for an attribute set; a set that nests itself is read as bytes the second time."""
    attributes = next(s for s in spec["attribute-sets"] if s["name"] == name)["attributes"]
    fields, members = [("XTCP_UNSPEC", "none")], {}
    for a in attributes:
        kind = TYPES.get(a["type"])
        if a["type"] == "nest":
            inner = a["nested-attributes"]
            if inner in known:
                kind = "hex"
            else:
                kind = inner.replace("-", "_")
                members[kind] = type(kind, (nla,), nests(spec, inner, known | {inner}))
        fields.append((a["name"], kind))
    members["nla_map"] = tuple(fields)
    # what is nested says so in its header
    members["nla_flags"] = 1 << 15
    return members


def message(spec, name):
    return type(name, (genlmsg,), nests(spec, name, {name}))


def main():
    with open(sys.argv[1], encoding="utf-8") as file:
        spec = yaml.safe_load(file)
    numbers = {op["name"]: i + 1 for i, op in enumerate(spec["operations"]["list"])}
    sets = {op["name"]: message(spec, op["attribute-set"]) for op in spec["operations"]["list"]}
    kinds = next(d for d in spec["definitions"] if d["name"] == "kind")["entries"]

    def ask(operation, attributes, dump):
        sock = GenericNetlinkSocket()
        sock.bind(spec["name"], sets[operation])
        request = sets[operation]()
        request["cmd"] = numbers[operation]
        request["version"] = 1
        request["attrs"] = attributes
        answers = sock.nlm_request(request, msg_type=sock.prid,
                                   msg_flags=NLM_F_REQUEST | (NLM_F_DUMP if dump else NLM_F_ACK))
        answers = list(answers)
        sock.close()
        return answers

    entries = ask("conn-get", [], True)
    for kind in range(len(kinds)):
        print(kinds[kind], sum(1 for e in entries if e.get_attr("kind") == kind))
    for e in entries:
        if kinds[e.get_attr("kind")] == "socket":
            limits = e.get_attr("limits")
            print("cookie", e.get_attr("cookie"))
            print("application", limits.get_attr("application"))
            again = ask("conn-get", [("cookie", e.get_attr("cookie"))], False)
            if not again or again[0].get_attr("local-port") != e.get_attr("local-port"):
                sys.exit(1)
    counters = {c.get_attr("name"): c.get_attr("value") for c in ask("counter-get", [], True)}
    print("InSegs", counters["InSegs"])
    print("closed", len(ask("closed-get", [], True)))
    added = ask("policy-add", [("remote-port", 9), ("param", {"attrs": [("init-cwnd", 44)]})], False)
    policies = ask("policy-get", [], True)
    print("policies", len(policies), policies[0].get_attr("param").get_attr("init-cwnd"))
    if added[0].get_attr("id") != policies[0].get_attr("id"):
        sys.exit(1)
    ask("policy-del", [("id", added[0].get_attr("id"))], False)
    print("policies", len(ask("policy-get", [], True)))


if __name__ == "__main__":
    main()

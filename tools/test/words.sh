#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# xtcp(8) on the host, without XTCP: every word that the program reads is in its help, in a manual and in the completion;
# what is no command line is refused. TAP on stdout.
# usage: tools/test/words.sh FOLDER-WITH-THE-PROGRAMS        (run.sh, for make -C tools check)

set -uo pipefail

XTCP=$(cd "$1" && pwd -P)/xtcp
TOOLS=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd -P)
NUMBER=0 FAILED=0

result() {
	NUMBER=$((NUMBER + 1))
	[ "$1" = 0 ] || FAILED=$((FAILED + 1))
	[ "$1" = 0 ] || printf 'not '
	printf 'ok %d %s\n' "$NUMBER" "$2"
}

HELP=$("$XTCP" -help)
result $? "help, exit status"
[ "$HELP" = "$("$XTCP" help)" ] && [ "$HELP" = "$("$XTCP" socket help)" ]
result $? "help by any of its names"

# has TEXT WORD: as a word of its own, also abbreviated as in -j[son]
has() {
	grep -Eq -- "(^|[^a-z_])$2([^a-z_]|\$)" <<<"$1"
}

# Manuals as they are read.
manual() {
	sed 's/\\-/-/g; s/\\f.//g' "$TOOLS/man/$1"
}

completion() {
	# shellcheck source=tools/xtcp/completion.bash
	. "$TOOLS/xtcp/completion.bash"
	COMP_WORDS=(xtcp "$@")
	COMP_CWORD=$#
	_xtcp
	printf '%s\n' "${COMPREPLY[@]}"
}

# each WHAT TEXT WORD...: all words are in TEXT
each() {
	local what=$1 text=$2 word bad=0
	shift 2
	for word in "$@"; do
		has "$text" "$word" || {
			echo "# $word is missing"
			bad=1
		}
	done
	[ $# -gt 1 ] || bad=1
	result "$bad" "$what"
}

# What the sources read.
mapfile -t OBJECTS < <(sed -n 's/^\t{ "\([a-z]*\)", [0-9], cmd_.*/\1/p' "$TOOLS/xtcp/main.c")
mapfile -t FILTER < <(sed -n '/^static bool put_filter_word/,/^}/s/.*is_word(word, "\([a-z]*\)".*/\1/p' "$TOOLS/xtcp/args.c")
mapfile -t PARAMETERS < <(sed -n '/^static bool put_param/,/^}/{s/.*{ "\([a-z_]*\)", XTCP_A_PARAM.*/\1/p
	s/.*strcmp(word, "\([a-z_]*\)").*/\1/p}' "$TOOLS/xtcp/args.c")
mapfile -t LONG < <(sed -n 's/.*is_word(o, "\([a-zA-Z]*\)".*/\1/p' "$TOOLS/xtcp/main.c" | grep -v '^stats$')
mapfile -t MATCH < <(sed -n 's/.*is_word(word, "\([a-z]*\)".*/\1/p' "$TOOLS/xtcp/policy.c")
mapfile -t VERBS < <(sed -n 's/.*is_word(verb, "\([a-z]*\)".*/\1/p' "$TOOLS/xtcp/policy.c")

each "objects: help" "$HELP" "${OBJECTS[@]}"
each "objects: manual" "$(manual xtcp.8)" "${OBJECTS[@]}"
each "objects: completion" "$(completion '')" "${OBJECTS[@]}"
each "filters: help" "$HELP" "${FILTER[@]}"
each "filters: manual" "$(manual xtcp.8)" "${FILTER[@]}"
each "filters: completion" "$(completion socket '')" "${FILTER[@]}"
each "filters: completion of abort" "$(completion abort '')" "${FILTER[@]}"
each "parameters: help" "$HELP" "${PARAMETERS[@]}"
each "parameters: manual of policy" "$(manual xtcp-policy.8)" "${PARAMETERS[@]}"
each "parameters: manual of set" "$(manual xtcp-set.8; manual xtcp-policy.8)" "${PARAMETERS[@]}"
each "parameters: completion of set" "$(completion set cookie 7 '')" "${PARAMETERS[@]}"
each "parameters: completion of policy" "$(completion policy add '')" "${PARAMETERS[@]}"
each "policies: help" "$HELP" "${VERBS[@]}"
each "policies: manual" "$(manual xtcp-policy.8)" "${VERBS[@]}" "${MATCH[@]}"
each "policies: completion" "$(completion policy '')" "${VERBS[@]}" "${MATCH[@]}"
each "options: manual" "$(manual xtcp.8)" "${LONG[@]}"
each "options: completion" "$(completion -)" "${LONG[@]}"
# in the help they are written -j[son]
each "options: help" "$(tr -d '[]' <<<"$HELP")" "${LONG[@]}"

for object in "${OBJECTS[@]}"; do
	[ -s "$TOOLS/man/xtcp-$object.8" ] && grep -q "^.B.*xtcp" "$TOOLS/man/xtcp-$object.8"
	result $? "$object: a manual of its own"
done

# wrong ARGUMENT...: exit status 1, and a reason
wrong() {
	"$XTCP" "$@" >/dev/null 2>"$ERRORS"
	[ $? = 1 ] && [ -s "$ERRORS" ]
	result $? "refused: $*"
}
ERRORS=$(mktemp)
trap 'rm -f "$ERRORS"' EXIT
wrong
wrong -z
wrong nonsense
wrong -batch /nonexistent/file
wrong policy nonsense
wrong monitor nonsense

printf '1..%d\n' "$NUMBER"
[ "$FAILED" = 0 ]

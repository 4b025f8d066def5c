#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# Passes TAP through as it comes, and judges it, which the kselftest runner leaves to the reader: exits with 1 unless the
# plan is complete and every test passed. The last line counts.

log=$(mktemp) || exit 1
trap 'rm -f "$log"' EXIT
tee "$log"

awk '
	/^1\.\.[0-9]+/ { split($1, plan, "\\.\\."); planned = plan[2] }
	/^ok / { seen++; if (/# SKIP/) skipped++; else passed++ }
	/^not ok / { seen++; failed++ }
	/^# (ok|not ok) / { cases++ }
	/^# ok .*# SKIP/ { cases_skipped++ }
	/^# not ok / { cases_failed++ }
	END {
		complete = planned != "" && seen == planned
		printf "# programs: %d passed, %d failed, %d skipped; cases: %d passed, %d failed, %d skipped%s\n",
			passed, failed, skipped, cases - cases_failed - cases_skipped, cases_failed, cases_skipped,
			complete ? "" : "; INCOMPLETE"
		exit complete && !failed ? 0 : 1
	}
' "$log"

// SPDX-License-Identifier: GPL-2.0
/* xtcp closed, monitor: connections that ended, and what happens now. */
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "xtcp.h"

static void show_time(uint64_t us)
{
	time_t seconds = us / 1000000;
	struct tm tm;
	char text[32];

	if (options.json) {
		out_num("time_us", us);
		return;
	}
	localtime_r(&seconds, &tm);
	strftime(text, sizeof(text), "%F %T", &tm);
	out_col("time", 0, "%s.%03u", text, (unsigned int)(us / 1000 % 1000));
}

static void show_totals(struct nlattr **tb)
{
	out_num("sent", nl_num(tb[XTCP_A_CLOSED_BYTES_SENT]));
	out_num("acked", nl_num(tb[XTCP_A_CLOSED_BYTES_ACKED]));
	out_num("received", nl_num(tb[XTCP_A_CLOSED_BYTES_RECEIVED]));
	out_num("resent", nl_num(tb[XTCP_A_CLOSED_BYTES_RETRANS]));
	out_num("segs_out", nl_num(tb[XTCP_A_CLOSED_SEGS_OUT]));
	out_num("segs_in", nl_num(tb[XTCP_A_CLOSED_SEGS_IN]));
	out_num("retrans", nl_num(tb[XTCP_A_CLOSED_RETRANS]));
	out_ms("srtt", nl_num(tb[XTCP_A_CLOSED_SRTT_US]));
	out_ms("min_rtt", nl_num(tb[XTCP_A_CLOSED_MIN_RTT_US]));
	if (tb[XTCP_A_CLOSED_CONGESTION])
		out_str("cc", "%s", mnl_attr_get_str(tb[XTCP_A_CLOSED_CONGESTION]));
}

/* show_closed() - one record, without the braces around it */
void show_closed(struct nlattr **tb)
{
	char text[96];

	show_time(nl_num(tb[XTCP_A_CLOSED_TIME_US]));
	out_col("local", 0, "%s", endpoint(text, sizeof(text), tb[XTCP_A_CLOSED_LOCAL], tb[XTCP_A_CLOSED_LOCAL_PORT]));
	out_col("peer", 0, "%s", endpoint(text, sizeof(text), tb[XTCP_A_CLOSED_REMOTE], tb[XTCP_A_CLOSED_REMOTE_PORT]));
	out_str("reason", "%s", reason_name(nl_num(tb[XTCP_A_CLOSED_REASON])));
	out_str("by", "%s", party_name(nl_num(tb[XTCP_A_CLOSED_PARTY])));
	if (nl_num(tb[XTCP_A_CLOSED_ERROR])) {
		out_num("errno", nl_num(tb[XTCP_A_CLOSED_ERROR]));
		out_str("error", "\"%s\"", strerror(nl_num(tb[XTCP_A_CLOSED_ERROR])));
	}
	out_str("in", "%s", state_name(nl_num(tb[XTCP_A_CLOSED_STATE])));
	out_ms("after", nl_num(tb[XTCP_A_CLOSED_DURATION_US]));
	if (!options.statistics && !options.json)
		return;
	out_num("seq", nl_num(tb[XTCP_A_CLOSED_SEQ]));
	out_num("cookie", nl_num(tb[XTCP_A_CLOSED_COOKIE]));
	out_str("uid", "%s", user_name(text, sizeof(text), nl_num(tb[XTCP_A_CLOSED_UID])));
	if (nl_num(tb[XTCP_A_CLOSED_CGROUP]))
		out_num("cgroup", nl_num(tb[XTCP_A_CLOSED_CGROUP]));
	if (nl_num(tb[XTCP_A_CLOSED_POLICY]))
		out_num("policy", nl_num(tb[XTCP_A_CLOSED_POLICY]));
	out_line();
	show_totals(tb);
	out_line();
	show_limits(tb[XTCP_A_CLOSED_LIMITS], true);
}

static int closed_entry(const struct nlmsghdr *nlh, struct nlattr **tb, void *arg)
{
	(void)nlh;
	(void)arg;
	out_object(NULL);
	show_closed(tb);
	out_object_end();
	return MNL_CB_OK;
}

int cmd_closed(struct args *a)
{
	struct nlmsghdr *nlh = nl_begin(XTCP_CMD_CLOSED_GET, 0);
	int status;

	while (a->left) {
		const char *word = next_arg(a, "");

		if (is_word(word, "since", 2))
			mnl_attr_put_u64(nlh, XTCP_A_CLOSED_SINCE, read_num(word, next_arg(a, word), 0, UINT64_MAX));
		else if (!is_word(word, "show", 2))
			usage_error("closed: expected \"since NUMBER\", not \"%s\"", word);
	}
	out_begin();
	status = nl_dump(nlh, closed_entry, NULL);
	out_end();
	return status;
}

/* --- monitor */

static const char *const events[] = {
	[XTCP_CMD_ESTABLISHED_NTF] = "established", [XTCP_CMD_CLOSED_NTF] = "closed",
	[XTCP_CMD_STALLED_NTF] = "stalled", [XTCP_CMD_OVERFLOW_NTF] = "overflow",
	[XTCP_CMD_ALARM_NTF] = "alarm", [XTCP_CMD_POLICY_NTF] = "policy",
};

struct monitor {
	uint32_t wanted;
	uint64_t left;
};

static void show_event(unsigned int cmd, struct nlattr **tb)
{
	struct nlattr *inner[NL_ATTRS];
	char text[96];

	out_col("event", 11, "%s", events[cmd]);
	if (tb[XTCP_A_CONN_CLOSED]) {
		nl_parse(tb[XTCP_A_CONN_CLOSED], inner);
		show_closed(inner);
		return;
	}
	out_col("local", 0, "%s", endpoint(text, sizeof(text), tb[XTCP_A_CONN_LOCAL], tb[XTCP_A_CONN_LOCAL_PORT]));
	if (nl_num(tb[XTCP_A_CONN_KIND]) != XTCP_KIND_LISTENER)
		out_col("peer", 0, "%s",
			endpoint(text, sizeof(text), tb[XTCP_A_CONN_REMOTE], tb[XTCP_A_CONN_REMOTE_PORT]));
	out_num("cookie", nl_num(tb[XTCP_A_CONN_COOKIE]));
	if (tb[XTCP_A_CONN_POLICY])
		out_num("policy", nl_num(tb[XTCP_A_CONN_POLICY]));
	if (tb[XTCP_A_CONN_CAUSE])
		out_str("cause", "%s", nl_num(tb[XTCP_A_CONN_CAUSE]) == XTCP_CAUSE_SYN_QUEUE ? "syn-queue" :
			"accept-queue");
	if (tb[XTCP_A_CONN_LISTEN])
		show_listen(tb[XTCP_A_CONN_LISTEN]);
}

static int monitor_entry(const struct nlmsghdr *nlh, struct nlattr **tb, void *arg)
{
	const struct genlmsghdr *genl = mnl_nlmsg_get_payload(nlh);
	struct monitor *m = arg;

	if (genl->cmd >= sizeof(events) / sizeof(events[0]) || !events[genl->cmd] || !(m->wanted & 1u << genl->cmd))
		return MNL_CB_OK;
	out_begin();
	out_object(NULL);
	show_event(genl->cmd, tb);
	if (tb[XTCP_A_CONN_MISSED])
		out_num("missed", nl_num(tb[XTCP_A_CONN_MISSED]));
	out_object_end();
	out_end();
	fflush(stdout);
	return m->left && !--m->left ? MNL_CB_STOP : MNL_CB_OK;
}

int cmd_monitor(struct args *a)
{
	struct monitor m = {};
	size_t i;

	while (a->left) {
		const char *word = next_arg(a, "");
		uint32_t before = m.wanted;

		if (is_word(word, "count", 3)) {
			m.left = read_num(word, next_arg(a, word), 1, UINT64_MAX);
			continue;
		}
		for (i = 0; i < sizeof(events) / sizeof(events[0]); i++)
			if (events[i] && is_word(word, events[i], 2))
				m.wanted |= 1u << i;
		if (m.wanted == before && !is_word(word, "all", 3))
			usage_error("monitor: no event \"%s\"", word);
	}
	if (!m.wanted)
		m.wanted = ~0u;
	return nl_monitor(monitor_entry, &m);
}

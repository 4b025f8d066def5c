// SPDX-License-Identifier: GPL-2.0
/* xtcp socket, listen, request, timewait, why, abort, set: connections as they are. */
#include <linux/sock_diag.h>
#include <linux/tcp.h>
#include <stdlib.h>
#include <string.h>

#include "xtcp.h"

#define KIND(k)	(1u << XTCP_KIND_##k)

/* --- parts */

/* The limit that took the largest part of the time, of the sender's or the receiver's; its share in percent. */
unsigned int worst_limit(struct nlattr **tb, bool receive, unsigned int *percent)
{
	unsigned int from = receive ? XTCP_LIMIT_RX_PEER : 0, to = receive ? DIVISION : XTCP_LIMIT_RX_PEER;
	unsigned int i, worst = from;
	uint64_t sum = 0, most = 0;

	for (i = from; i < to; i++) {
		uint64_t us = nl_num(tb[XTCP_A_LIMITS_APPLICATION + i]);

		sum += us;
		if (us > most) {
			most = us;
			worst = i;
		}
	}
	*percent = sum ? most * 100 / sum : 0;
	return worst;
}

/* show_limits() - time by limit; with VERDICT the worst of each side first */
void show_limits(const struct nlattr *nest, bool verdict)
{
	struct nlattr *tb[NL_ATTRS];
	unsigned int i, percent;

	nl_parse(nest, tb);
	out_object("limits");
	if (verdict) {
		i = worst_limit(tb, false, &percent);
		out_str("send", options.json ? "%s" : "limited by %s %u%%", limit_name(i), percent);
		i = worst_limit(tb, true, &percent);
		out_str("receive", options.json ? "%s" : "waits for %s %u%%", limit_name(i) + strlen("rx-"), percent);
		if (tb[XTCP_A_LIMITS_NOW])
			out_str("now", "%s", limit_name(nl_num(tb[XTCP_A_LIMITS_NOW])));
		out_line();
	}
	for (i = 0; i < DIVISION; i++) {
		uint64_t us = nl_num(tb[XTCP_A_LIMITS_APPLICATION + i]);

		if (us || options.json)
			out_ms(limit_name(i), us);
	}
	out_object_end();
}

void show_params(const struct nlattr *nest)
{
	static const char *const names[] = {
		[XTCP_A_PARAM_INIT_CWND] = "initcwnd", [XTCP_A_PARAM_RTO_MIN_US] = "rto_min_us",
		[XTCP_A_PARAM_RTO_MAX_MS] = "rto_max_ms", [XTCP_A_PARAM_DELACK_MAX_MS] = "delack_max_ms",
		[XTCP_A_PARAM_TIME_WAIT_MS] = "time_wait_ms", [XTCP_A_PARAM_USER_TIMEOUT_MS] = "user_timeout_ms",
		[XTCP_A_PARAM_KEEP_IDLE_S] = "keepidle", [XTCP_A_PARAM_KEEP_INTERVAL_S] = "keepintvl",
		[XTCP_A_PARAM_KEEP_COUNT] = "keepcnt", [XTCP_A_PARAM_PACING_RATE] = "pacing_bytes_s",
		[XTCP_A_PARAM_NOTSENT_LOWAT] = "notsent_lowat", [XTCP_A_PARAM_QUICKACK] = "quickack",
	};
	struct nlattr *tb[NL_ATTRS];
	int i;

	nl_parse(nest, tb);
	out_object("param");
	if (tb[XTCP_A_PARAM_CONGESTION])
		out_str("cc", "%s", mnl_attr_get_str(tb[XTCP_A_PARAM_CONGESTION]));
	for (i = XTCP_A_PARAM_INIT_CWND; i <= XTCP_A_PARAM_MAX; i++)
		if (tb[i])
			out_num(names[i], nl_num(tb[i]));
	out_object_end();
}

void show_listen(const struct nlattr *nest)
{
	static const char *const names[] = {
		"backlog", "accept_queue", "accept_high", "syn_queue", "syn_high", "accepted", "cookies_sent",
		"cookies_received", "cookies_failed", "drop_accept_queue", "drop_syn_queue", "drop_memory",
		"drop_timeout", "drop_reset",
	};
	struct nlattr *tb[NL_ATTRS];
	int i;

	nl_parse(nest, tb);
	out_object("queues");
	for (i = 0; i + XTCP_A_LISTEN_BACKLOG <= XTCP_A_LISTEN_MAX; i++)
		out_num(names[i], nl_num(tb[i + XTCP_A_LISTEN_BACKLOG]));
	out_object_end();
}

static void show_info(const struct nlattr *attr)
{
	struct tcp_info info = {};

	memcpy(&info, mnl_attr_get_payload(attr),
	       mnl_attr_get_payload_len(attr) < sizeof(info) ? mnl_attr_get_payload_len(attr) : sizeof(info));
	out_object("info");
	out_ms("rtt", info.tcpi_rtt);
	out_ms("rttvar", info.tcpi_rttvar);
	out_ms("min_rtt", info.tcpi_min_rtt);
	out_ms("rto", info.tcpi_rto);
	out_num("mss", info.tcpi_snd_mss);
	out_num("cwnd", info.tcpi_snd_cwnd);
	if (info.tcpi_snd_ssthresh < 0x7fffffff)
		out_num("ssthresh", info.tcpi_snd_ssthresh);
	out_num("unacked", info.tcpi_unacked);
	out_num("lost", info.tcpi_lost);
	out_num("retrans_total", info.tcpi_total_retrans);
	out_num("bytes_sent", info.tcpi_bytes_sent);
	out_num("bytes_acked", info.tcpi_bytes_acked);
	out_num("bytes_received", info.tcpi_bytes_received);
	out_num("bytes_retrans", info.tcpi_bytes_retrans);
	out_num("delivery_rate", info.tcpi_delivery_rate);
	out_num("pacing_rate", info.tcpi_pacing_rate);
	out_ms("busy", info.tcpi_busy_time);
	out_ms("rwnd_limited", info.tcpi_rwnd_limited);
	out_ms("sndbuf_limited", info.tcpi_sndbuf_limited);
	out_object_end();
}

static void show_memory(const struct nlattr *attr)
{
	static const char *const names[] = { "rmem", "rcvbuf", "wmem", "sndbuf", "forward", "queued", "optmem",
					     "backlog", "drops" };
	const uint32_t *mem = mnl_attr_get_payload(attr);
	size_t i, n = mnl_attr_get_payload_len(attr) / sizeof(*mem);

	out_object("mem");
	for (i = 0; i < n && i < sizeof(names) / sizeof(names[0]); i++)
		out_num(names[i], mem[i]);
	out_object_end();
}

/* --- an entry */

static void show_ends(struct nlattr **tb)
{
	char text[96];

	out_col("state", 10, "%s", state_name(nl_num(tb[XTCP_A_CONN_STATE])));
	if (tb[XTCP_A_CONN_RX_QUEUE]) {
		out_num_col("rx_queue", 7, nl_num(tb[XTCP_A_CONN_RX_QUEUE]));
		out_num_col("tx_queue", 7, nl_num(tb[XTCP_A_CONN_TX_QUEUE]));
	}
	out_col("local", 25, "%s", endpoint(text, sizeof(text), tb[XTCP_A_CONN_LOCAL], tb[XTCP_A_CONN_LOCAL_PORT]));
	if (nl_num(tb[XTCP_A_CONN_KIND]) != XTCP_KIND_LISTENER)
		out_col("peer", 25, "%s",
			endpoint(text, sizeof(text), tb[XTCP_A_CONN_REMOTE], tb[XTCP_A_CONN_REMOTE_PORT]));
}

static void show_owner(struct nlattr **tb)
{
	char text[64];

	if (tb[XTCP_A_CONN_COOKIE])
		out_num("cookie", nl_num(tb[XTCP_A_CONN_COOKIE]));
	if (tb[XTCP_A_CONN_CONGESTION])
		out_str("cc", "%s", mnl_attr_get_str(tb[XTCP_A_CONN_CONGESTION]));
	if (tb[XTCP_A_CONN_POLICY])
		out_num("policy", nl_num(tb[XTCP_A_CONN_POLICY]));
	if (!options.statistics && !options.json)
		return;
	if (tb[XTCP_A_CONN_UID])
		out_str("uid", "%s", user_name(text, sizeof(text), nl_num(tb[XTCP_A_CONN_UID])));
	if (tb[XTCP_A_CONN_INODE])
		out_num("inode", nl_num(tb[XTCP_A_CONN_INODE]));
	if (nl_num(tb[XTCP_A_CONN_CGROUP]))
		out_num("cgroup", nl_num(tb[XTCP_A_CONN_CGROUP]));
	if (nl_num(tb[XTCP_A_CONN_MARK]))
		out_num("mark", nl_num(tb[XTCP_A_CONN_MARK]));
	if (nl_num(tb[XTCP_A_CONN_IFINDEX]))
		out_num("ifindex", nl_num(tb[XTCP_A_CONN_IFINDEX]));
}

static void show_details(struct nlattr **tb)
{
	if (tb[XTCP_A_CONN_LISTEN]) {
		out_line();
		show_listen(tb[XTCP_A_CONN_LISTEN]);
	}
	if (!options.statistics)
		return;
	if (tb[XTCP_A_CONN_TCP_INFO]) {
		out_line();
		show_info(tb[XTCP_A_CONN_TCP_INFO]);
	}
	if (tb[XTCP_A_CONN_SKMEM]) {
		out_line();
		show_memory(tb[XTCP_A_CONN_SKMEM]);
	}
	if (tb[XTCP_A_CONN_PARAM]) {
		out_line();
		show_params(tb[XTCP_A_CONN_PARAM]);
	}
	if (tb[XTCP_A_CONN_LIMITS]) {
		out_line();
		show_limits(tb[XTCP_A_CONN_LIMITS], false);
	}
}

static int show_entry(const struct nlmsghdr *nlh, struct nlattr **tb, void *arg)
{
	(void)nlh;
	(void)arg;
	out_object(NULL);
	show_ends(tb);
	if (tb[XTCP_A_CONN_EXPIRES_MS])
		out_num("expires_ms", nl_num(tb[XTCP_A_CONN_EXPIRES_MS]));
	if (tb[XTCP_A_CONN_RETRANS])
		out_num("retrans", nl_num(tb[XTCP_A_CONN_RETRANS]));
	show_owner(tb);
	show_details(tb);
	out_object_end();
	return MNL_CB_OK;
}

static int show_why(const struct nlmsghdr *nlh, struct nlattr **tb, void *arg)
{
	(void)nlh;
	(void)arg;
	if (!tb[XTCP_A_CONN_LIMITS])
		return MNL_CB_OK;
	out_object(NULL);
	show_ends(tb);
	show_owner(tb);
	out_line();
	show_limits(tb[XTCP_A_CONN_LIMITS], true);
	out_object_end();
	return MNL_CB_OK;
}

static int dump(struct args *a, uint32_t kinds, nl_fn fn)
{
	struct nlmsghdr *nlh;
	int status;

	if (a->left && is_word(a->argv[0], "show", 2)) {
		a->argv++;
		a->left--;
	}
	nlh = nl_begin(XTCP_CMD_CONN_GET, 0);
	put_filter(nlh, a, kinds);
	out_begin();
	status = nl_dump(nlh, fn, NULL);
	out_end();
	return status;
}

int cmd_socket(struct args *a)
{
	out_head("%-10s %-7s %-7s %-25s %s", "State", "Recv-Q", "Send-Q", "Local", "Peer");
	return dump(a, KIND(SOCKET), show_entry);
}

int cmd_listen(struct args *a)
{
	return dump(a, KIND(LISTENER), show_entry);
}

int cmd_request(struct args *a)
{
	return dump(a, KIND(REQUEST), show_entry);
}

int cmd_why(struct args *a)
{
	return dump(a, KIND(SOCKET), show_why);
}

/* --- ending and changing */

static int show_count(const struct nlmsghdr *nlh, struct nlattr **tb, void *arg)
{
	(void)nlh;
	(void)arg;
	out_begin();
	out_object(NULL);
	out_num("ended", nl_num(tb[XTCP_A_CONN_COUNT]));
	out_object_end();
	out_end();
	return MNL_CB_OK;
}

int cmd_timewait(struct args *a)
{
	struct nlmsghdr *nlh;

	if (!a->left || !is_word(a->argv[0], "flush", 2))
		return dump(a, KIND(TIMEWAIT), show_entry);
	next_arg(a, "");
	nlh = nl_begin(XTCP_CMD_TIMEWAIT_FLUSH, 0);
	put_filter(nlh, a, 0);
	return nl_do(nlh, show_count, NULL);
}

int cmd_abort(struct args *a)
{
	struct nlmsghdr *nlh = nl_begin(XTCP_CMD_CONN_ABORT, 0);

	if (!a->left)
		usage_error("abort: which? A filter, or \"all\"");
	put_filter(nlh, a, KIND(SOCKET) | KIND(REQUEST));
	return nl_do(nlh, show_count, NULL);
}

int cmd_set(struct args *a)
{
	struct nlmsghdr *nlh = nl_begin(XTCP_CMD_CONN_SET, 0);

	if (a->left < 4 || strcmp(next_arg(a, "set"), "cookie"))
		usage_error("set cookie NUMBER PARAMETER VALUE ...");
	mnl_attr_put_u64(nlh, XTCP_A_CONN_COOKIE, read_num("cookie", next_arg(a, "cookie"), 1, UINT64_MAX));
	put_params(nlh, XTCP_A_CONN_PARAM, a);
	return nl_do(nlh, NULL, NULL);
}

// SPDX-License-Identifier: GPL-2.0
/* xtcp top: connections by what they carry, again every second, with what each waits for now. q ends it. */
#include <curses.h>
#include <linux/tcp.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "xtcp.h"

#define TOP_MOST	4096

struct row {
	uint64_t cookie;
	uint64_t sent, received;	/* bytes, in all */
	double tx, rx;			/* bytes per second */
	uint64_t limits[DIVISION];
	unsigned int worst, percent;
	uint32_t rtt_us, cwnd, retrans;
	char local[64], peer[64];
	int state;
};

struct table {
	struct row rows[TOP_MOST];
	size_t count;
	double at;
};

static double now_s(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec + ts.tv_nsec / 1e9;
}

static void take_info(struct row *r, const struct nlattr *attr)
{
	struct tcp_info info = {};

	if (!attr)
		return;
	memcpy(&info, mnl_attr_get_payload(attr),
	       mnl_attr_get_payload_len(attr) < sizeof(info) ? mnl_attr_get_payload_len(attr) : sizeof(info));
	r->sent = info.tcpi_bytes_acked;
	r->received = info.tcpi_bytes_received;
	r->rtt_us = info.tcpi_rtt;
	r->cwnd = info.tcpi_snd_cwnd;
	r->retrans = info.tcpi_total_retrans;
}

static int take_row(const struct nlmsghdr *nlh, struct nlattr **tb, void *arg)
{
	struct nlattr *limits[NL_ATTRS];
	struct table *t = arg;
	struct row *r = &t->rows[t->count];
	unsigned int i;

	(void)nlh;
	if (t->count == TOP_MOST)
		return MNL_CB_OK;
	memset(r, 0, sizeof(*r));
	t->count++;
	r->cookie = nl_num(tb[XTCP_A_CONN_COOKIE]);
	r->state = nl_num(tb[XTCP_A_CONN_STATE]);
	endpoint(r->local, sizeof(r->local), tb[XTCP_A_CONN_LOCAL], tb[XTCP_A_CONN_LOCAL_PORT]);
	endpoint(r->peer, sizeof(r->peer), tb[XTCP_A_CONN_REMOTE], tb[XTCP_A_CONN_REMOTE_PORT]);
	take_info(r, tb[XTCP_A_CONN_TCP_INFO]);
	nl_parse(tb[XTCP_A_CONN_LIMITS], limits);
	for (i = 0; i < DIVISION; i++)
		r->limits[i] = nl_num(limits[XTCP_A_LIMITS_APPLICATION + i]);
	return MNL_CB_OK;
}

static int by_cookie(const void *a, const void *b)
{
	const struct row *x = a, *y = b;

	return x->cookie < y->cookie ? -1 : x->cookie > y->cookie;
}

static int by_rate(const void *a, const void *b)
{
	const struct row *x = a, *y = b;
	double left = x->tx + x->rx, right = y->tx + y->rx;

	return left > right ? -1 : left < right;
}

/* Rates, and what was waited for, since the time before. */
static void compare(struct table *t, const struct table *before)
{
	double seconds = t->at - before->at;
	size_t i;

	for (i = 0; i < t->count; i++) {
		struct row *r = &t->rows[i];
		const struct row *old = bsearch(r, before->rows, before->count, sizeof(*r), by_cookie);
		uint64_t most = 0, sum = 0;
		unsigned int k;

		if (old && seconds > 0) {
			r->tx = (r->sent - old->sent) / seconds;
			r->rx = (r->received - old->received) / seconds;
		}
		for (k = 0; k < XTCP_LIMIT_RX_PEER; k++) {
			uint64_t us = r->limits[k] - (old ? old->limits[k] : 0);

			sum += us;
			if (us > most) {
				most = us;
				r->worst = k;
			}
		}
		r->percent = sum ? most * 100 / sum : 0;
	}
}

static void draw(const struct table *t)
{
	struct row *sorted = malloc(sizeof(t->rows));
	size_t i;

	if (!sorted)
		return;
	memcpy(sorted, t->rows, t->count * sizeof(*sorted));
	qsort(sorted, t->count, sizeof(*sorted), by_rate);
	erase();
	mvprintw(0, 0, "xtcp top: %zu connections      q: quit", t->count);
	attron(A_REVERSE);
	mvprintw(1, 0, "%-11s %-28s %-28s %10s %10s %8s %6s %7s  %-20s", "State", "Local", "Peer", "Out kB/s",
		 "In kB/s", "RTT ms", "cwnd", "resent", "limited by");
	attroff(A_REVERSE);
	for (i = 0; i < t->count && (int)i < LINES - 2; i++) {
		const struct row *r = &sorted[i];

		mvprintw(i + 2, 0, "%-11s %-28.28s %-28.28s %10.1f %10.1f %8.2f %6u %7u  %s %u%%", state_name(r->state),
			 r->local, r->peer, r->tx / 1e3, r->rx / 1e3, r->rtt_us / 1e3, r->cwnd, r->retrans,
			 limit_name(r->worst), r->percent);
	}
	refresh();
	free(sorted);
}

static int take(struct table *t)
{
	struct args none = {};
	struct nlmsghdr *nlh = nl_begin(XTCP_CMD_CONN_GET, 0);
	int status;

	put_filter(nlh, &none, 1u << XTCP_KIND_SOCKET);
	t->count = 0;
	status = nl_dump(nlh, take_row, t);
	t->at = now_s();
	qsort(t->rows, t->count, sizeof(t->rows[0]), by_cookie);
	return status;
}

int cmd_top(struct args *a)
{
	struct table *tables = calloc(2, sizeof(*tables));
	unsigned int seconds = 1, turn = 0, rounds = 0, most = 0;
	int status = 0, key = 0;

	while (a->left) {
		const char *word = next_arg(a, "");

		if (is_word(word, "interval", 1))
			seconds = read_num(word, next_arg(a, word), 1, 3600);
		else if (is_word(word, "count", 1))
			most = read_num(word, next_arg(a, word), 1, 1000000);
		else
			usage_error("top: interval SECONDS, count N, not \"%s\"", word);
	}
	if (!tables || take(&tables[1])) {
		free(tables);
		return EXIT_KERNEL;
	}
	if (!initscr())
		return EXIT_USAGE;
	cbreak();
	noecho();
	timeout(seconds * 1000);
	do {
		status = take(&tables[turn]);
		compare(&tables[turn], &tables[!turn]);
		draw(&tables[turn]);
		turn = !turn;
		key = getch();
	} while (!status && key != 'q' && (!most || ++rounds < most));
	endwin();
	free(tables);
	return status;
}

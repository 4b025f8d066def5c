// SPDX-License-Identifier: GPL-2.0
/*
 * xtcp trace: watches one connection and draws what it saw as SVG: sequence over time with the window above it; cwnd,
 * ssthresh and packets in flight; RTT; queues; and what the sender waited for as a coloured band.
 */
#include <linux/tcp.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "xtcp.h"

#define TRACE_WIDTH	1000
#define TRACE_HEIGHT	170
#define TRACE_LEFT	80
#define TRACE_MOST	20000
#define SERIES		11

enum { ACKED, SENT, WINDOW, CWND, SSTHRESH, FLIGHT, RTT, MIN_RTT, RX_QUEUE, TX_QUEUE, LIMIT };

struct sample {
	double at;
	double value[SERIES];
};

struct trace {
	struct sample *samples;
	size_t count;
	double begin;
};

static const struct panel {
	const char *title;
	double scale;
	int series[3];
	const char *names[3];
} panels[] = {
	{ "bytes: acknowledged, sent, window", 1, { ACKED, SENT, WINDOW }, { "acked", "sent", "window" } },
	{ "packets: cwnd, ssthresh, in flight", 1, { CWND, SSTHRESH, FLIGHT }, { "cwnd", "ssthresh", "in flight" } },
	{ "round trip, ms", 0.001, { RTT, MIN_RTT, -1 }, { "srtt", "minimum", NULL } },
	{ "queues, bytes", 1, { RX_QUEUE, TX_QUEUE, -1 }, { "receive", "send", NULL } },
};

static const char *const colours[] = { "#1b9e77", "#d95f02", "#7570b3" };
static const char *const limit_colours[] = { "#cccccc", "#e7298a", "#66a61e", "#e6ab02", "#7570b3", "#a6761d",
					     "#d95f02", "#e41a1c", "#1b9e77" };

#define PANELS	(sizeof(panels) / sizeof(panels[0]))

static double now_s(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec + ts.tv_nsec / 1e9;
}

static int take_sample(const struct nlmsghdr *nlh, struct nlattr **tb, void *arg)
{
	struct trace *t = arg;
	struct sample *s = &t->samples[t->count];
	struct nlattr *limits[NL_ATTRS];
	struct tcp_info i = {};

	(void)nlh;
	if (!tb[XTCP_A_CONN_TCP_INFO])
		return MNL_CB_OK;
	memcpy(&i, mnl_attr_get_payload(tb[XTCP_A_CONN_TCP_INFO]),
	       mnl_attr_get_payload_len(tb[XTCP_A_CONN_TCP_INFO]) < sizeof(i) ?
	       mnl_attr_get_payload_len(tb[XTCP_A_CONN_TCP_INFO]) : sizeof(i));
	nl_parse(tb[XTCP_A_CONN_LIMITS], limits);
	s->at = now_s() - t->begin;
	s->value[ACKED] = i.tcpi_bytes_acked;
	s->value[SENT] = i.tcpi_bytes_sent - i.tcpi_bytes_retrans;
	s->value[WINDOW] = i.tcpi_bytes_acked + (double)i.tcpi_snd_cwnd * i.tcpi_snd_mss;
	s->value[CWND] = i.tcpi_snd_cwnd;
	s->value[SSTHRESH] = i.tcpi_snd_ssthresh < 0x7fffffff ? i.tcpi_snd_ssthresh : 0;
	s->value[FLIGHT] = i.tcpi_unacked;
	s->value[RTT] = i.tcpi_rtt;
	s->value[MIN_RTT] = i.tcpi_min_rtt;
	s->value[RX_QUEUE] = nl_num(tb[XTCP_A_CONN_RX_QUEUE]);
	s->value[TX_QUEUE] = nl_num(tb[XTCP_A_CONN_TX_QUEUE]);
	s->value[LIMIT] = nl_num(limits[XTCP_A_LIMITS_NOW]);
	t->count++;
	return MNL_CB_OK;
}

static double x_of(const struct trace *t, double at)
{
	double whole = t->samples[t->count - 1].at;

	return TRACE_LEFT + (whole > 0 ? at / whole : 0) * TRACE_WIDTH;
}

static void draw_panel(FILE *f, const struct trace *t, const struct panel *p, double top)
{
	double most = 1;
	size_t i, k;

	for (i = 0; i < t->count; i++)
		for (k = 0; k < 3 && p->series[k] >= 0 && p->names[k]; k++)
			if (t->samples[i].value[p->series[k]] > most)
				most = t->samples[i].value[p->series[k]];
	fprintf(f, "<text x=\"%d\" y=\"%g\">%s</text>\n", TRACE_LEFT, top - 6, p->title);
	fprintf(f, "<rect x=\"%d\" y=\"%g\" width=\"%d\" height=\"%d\" fill=\"none\" stroke=\"#999\"/>\n",
		TRACE_LEFT, top, TRACE_WIDTH, TRACE_HEIGHT);
	fprintf(f, "<text x=\"%d\" y=\"%g\" text-anchor=\"end\">%.6g</text>\n", TRACE_LEFT - 4, top + 10,
		most * p->scale);
	fprintf(f, "<text x=\"%d\" y=\"%g\" text-anchor=\"end\">0</text>\n", TRACE_LEFT - 4, top + TRACE_HEIGHT);
	for (k = 0; k < 3 && p->series[k] >= 0 && p->names[k]; k++) {
		fprintf(f, "<polyline fill=\"none\" stroke=\"%s\" points=\"", colours[k]);
		for (i = 0; i < t->count; i++)
			fprintf(f, "%.1f,%.1f ", x_of(t, t->samples[i].at),
				top + TRACE_HEIGHT - t->samples[i].value[p->series[k]] / most * TRACE_HEIGHT);
		fprintf(f, "\"/>\n<text x=\"%zu\" y=\"%g\" fill=\"%s\">%s</text>\n", TRACE_LEFT + 400 + 100 * k,
			top - 6, colours[k], p->names[k]);
	}
}

static void draw_limits(FILE *f, const struct trace *t, double top)
{
	bool used[XTCP_LIMIT_RX_PEER] = {};
	size_t i, from = 0;
	unsigned int k;

	fprintf(f, "<text x=\"%d\" y=\"%g\">the sender waits for</text>\n", TRACE_LEFT, top - 6);
	for (i = 1; i <= t->count; i++) {
		unsigned int limit = t->samples[from].value[LIMIT];
		double end;

		if (i < t->count && t->samples[i].value[LIMIT] == limit)
			continue;
		end = t->samples[i < t->count ? i : i - 1].at;
		if (limit < XTCP_LIMIT_RX_PEER) {
			used[limit] = true;
			fprintf(f, "<rect x=\"%.1f\" y=\"%g\" width=\"%.1f\" height=\"20\" fill=\"%s\"/>\n",
				x_of(t, t->samples[from].at), top, x_of(t, end) - x_of(t, t->samples[from].at),
				limit_colours[limit]);
		}
		from = i;
	}
	for (k = 0, i = 0; k < XTCP_LIMIT_RX_PEER; k++)
		if (used[k])
			fprintf(f, "<text x=\"%zu\" y=\"%g\" fill=\"%s\">%s</text>\n",
				TRACE_LEFT + 150 + 100 * i++, top - 6, limit_colours[k], limit_name(k));
}

static int draw(const struct trace *t, const char *name, uint64_t cookie)
{
	FILE *f = strcmp(name, "-") ? fopen(name, "w") : stdout;
	double top = 50;
	size_t i;

	if (!f) {
		perror(name);
		return EXIT_USAGE;
	}
	fputs("<?xml version=\"1.0\"?>\n<svg xmlns=\"http://www.w3.org/2000/svg\" ", f);
	fprintf(f, "width=\"%d\" height=\"%zu\" font-family=\"sans-serif\" font-size=\"11\">\n",
		TRACE_LEFT + TRACE_WIDTH + 20, 120 + PANELS * (TRACE_HEIGHT + 40));
	fputs("<rect width=\"100%\" height=\"100%\" fill=\"white\"/>\n", f);
	fprintf(f, "<text x=\"%d\" y=\"20\" font-size=\"14\">connection %llu, %.3f s, %zu samples</text>\n", TRACE_LEFT,
		(unsigned long long)cookie, t->samples[t->count - 1].at, t->count);
	for (i = 0; i < PANELS; i++, top += TRACE_HEIGHT + 40)
		draw_panel(f, t, &panels[i], top);
	draw_limits(f, t, top);
	fputs("</svg>\n", f);
	return f != stdout && fclose(f) ? EXIT_USAGE : 0;
}

int cmd_trace(struct args *a)
{
	uint64_t cookie = 0, step_us = 10000;
	double seconds = 10;
	const char *to = "-";
	struct trace t = {};
	int status = 0;

	while (a->left) {
		const char *word = next_arg(a, "");

		if (is_word(word, "cookie", 1))
			cookie = read_num(word, next_arg(a, word), 1, UINT64_MAX);
		else if (is_word(word, "seconds", 1))
			seconds = read_num(word, next_arg(a, word), 1, 86400);
		else if (is_word(word, "every", 1))
			step_us = read_us(word, next_arg(a, word));
		else if (is_word(word, "to", 1))
			to = next_arg(a, word);
		else
			usage_error("trace: cookie N, seconds S, every TIME, to FILE, not \"%s\"", word);
	}
	if (!cookie)
		usage_error("trace: which? cookie N, as xtcp socket shows it");
	if (step_us < 100)
		usage_error("trace: every 100 us at the most");
	t.samples = calloc(TRACE_MOST, sizeof(*t.samples));
	t.begin = now_s();
	while (t.samples && t.count < TRACE_MOST && now_s() - t.begin < seconds) {
		struct timespec pause = { step_us / 1000000, step_us % 1000000 * 1000 };
		struct nlmsghdr *nlh = nl_begin(XTCP_CMD_CONN_GET, 0);

		mnl_attr_put_u64(nlh, XTCP_A_CONN_COOKIE, cookie);
		status = nl_do(nlh, take_sample, &t);
		/* it has ended: what was seen until then is drawn */
		if (status)
			break;
		nanosleep(&pause, NULL);
	}
	if (t.count)
		status = draw(&t, to, cookie);
	free(t.samples);
	return status;
}

// SPDX-License-Identifier: GPL-2.0
/*
 * One cell of the congestion control bed: builds the network that a spec file describes, runs its flows for its time,
 * measures, and writes what it saw. Runs in a guest in virtual time, so figures repeat to the bit. Called by run.py.
 *
 *   s1 --+
 *        r1 --[policer, tbf, AQM]-- r2 --[netem]-- d        base RTT: netem on the way back, r1 to s1 and s2
 *   s2 --+
 *
 *   cell SPEC OUT
 *
 * SPEC is one keyword and its values a line, as written by run.py; OUT is lines of "keyword values". Processes are few
 * (ip and tc in batches), because in User-Mode Linux one costs 20 ms.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/ethtool.h>
#include <linux/sockios.h>
#include <linux/tcp.h>
#include <net/if.h>
#include <sched.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define MAX_FLOWS	24
#define MAX_SOCKS	4096
#define MAX_STEPS	16
#define BUCKET_US	100000
#define PORT		5000
#define PROBE_PORT	4999
#define WRITE_BYTES	65536
#define AF_XTCP		18

enum { S1, S2, R1, R2, D, HOSTS };
static const char * const host_name[HOSTS] = { "s1", "s2", "r1", "r2", "d" };

struct flow {
	int host, family;
	char cc[16];
	double start, stop;
	uint32_t size, pause_ms;	/* size 0: bulk */
	int fd;				/* bulk, or the transfer that runs */
	uint32_t left;
	uint64_t begun_us, next_us;
	uint64_t *bytes;		/* received in each bucket */
	uint64_t total, retrans0, segs0, retrans1, segs1;
	double srtt_sum;
	unsigned int srtt_n, min_rtt;
};

static struct {
	double sec, warm, rtt_ms[2];
	unsigned int rate_kbit, limit, police_kbit, police_burst, link_kbit;
	char aqm[128], netem[128], rcc[16];
	int ecn, nflows, nsteps;
	struct flow flow[MAX_FLOWS];
	struct { double at; unsigned int kbit; } step[MAX_STEPS];
} spec;

static int ns[HOSTS], epoll = -1, probe_tx, probe_rx;
static uint64_t begin_us;
static FILE *out;
static unsigned int buckets;

/* what a descriptor is, by its number */
static struct { enum { NONE, LISTEN, RECV, SEND, PROBE } kind; int flow; } role[MAX_SOCKS];

static void __attribute__((noreturn, format(printf, 1, 2))) die(const char *format, ...)
{
	va_list args;

	fputs("cell: ", stderr);
	va_start(args, format);
	vfprintf(stderr, format, args);
	va_end(args);
	fprintf(stderr, " (%s)\n", strerror(errno));
	exit(1);
}

static uint64_t now_us(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000000ull + t.tv_nsec / 1000;
}

/* ------------------------------------------------------------ spec */

static void read_flow(const char *line)
{
	struct flow *f = &spec.flow[spec.nflows++];
	char host[8], family[8];

	if (spec.nflows > MAX_FLOWS ||
	    sscanf(line, "flow %7s %7s %15s %lf %lf %u %u", host, family, f->cc, &f->start, &f->stop, &f->size,
		   &f->pause_ms) != 7)
		die("bad flow: %s", line);
	f->host = strcmp(host, "s2") ? S1 : S2;
	f->family = strcmp(family, "xtcp") ? AF_INET : AF_XTCP;
	f->fd = -1;
}

static void read_spec(const char *path)
{
	FILE *in = fopen(path, "re");
	char line[256];

	if (!in)
		die("cannot read %s", path);
	while (fgets(line, sizeof(line), in)) {
		line[strcspn(line, "\n")] = '\0';
		if (!strncmp(line, "flow ", 5)) {
			read_flow(line);
		} else if (!strncmp(line, "aqm ", 4)) {
			strcpy(spec.aqm, line + 4);
		} else if (!strncmp(line, "netem ", 6)) {
			strcpy(spec.netem, line + 6);
		} else if (!strncmp(line, "step ", 5) && spec.nsteps < MAX_STEPS) {
			if (sscanf(line, "step %lf %u", &spec.step[spec.nsteps].at, &spec.step[spec.nsteps].kbit) != 2)
				die("bad step: %s", line);
			spec.nsteps++;
		} else if (sscanf(line, "time %lf %lf", &spec.sec, &spec.warm) != 2 &&
			   sscanf(line, "link %u %u", &spec.rate_kbit, &spec.limit) != 2 &&
			   sscanf(line, "police %u %u", &spec.police_kbit, &spec.police_burst) != 2 &&
			   sscanf(line, "rtt %lf %lf", &spec.rtt_ms[0], &spec.rtt_ms[1]) != 2 &&
			   sscanf(line, "rcc %15s", spec.rcc) != 1 && sscanf(line, "ecn %d", &spec.ecn) != 1) {
			die("bad line: %s", line);
		}
	}
	fclose(in);
	buckets = spec.sec * 1e6 / BUCKET_US + 1;
}

/* ------------------------------------------------------------ network */

static void enter(int host)
{
	if (setns(ns[host], CLONE_NEWNET))
		die("setns %s", host_name[host]);
}

/* Runs PROGRAM -batch in @host with these lines. */
static void __attribute__((format(printf, 3, 4))) batch(int host, const char *program, const char *format, ...)
{
	char command[64];
	va_list args;
	FILE *p;

	if (host >= 0)
		enter(host);
	snprintf(command, sizeof(command), "%s -batch -", program);
	p = popen(command, "we");
	if (!p)
		die("%s", command);
	va_start(args, format);
	vfprintf(p, format, args);
	va_end(args);
	if (pclose(p))
		die("%s in %s", command, host >= 0 ? host_name[host] : "-");
}

static void sysctl_set(const char *name, const char *value)
{
	char path[128];
	int fd;

	snprintf(path, sizeof(path), "/proc/sys/net/ipv4/%s", name);
	fd = open(path, O_WRONLY | O_CLOEXEC);
	if (fd < 0 || write(fd, value, strlen(value)) < 0)
		die("sysctl %s = %s", name, value);
	close(fd);
}

static void offloads_off(const char *dev)
{
	static const unsigned int commands[] = { ETHTOOL_STSO, ETHTOOL_SGSO, ETHTOOL_SGRO };
	struct ethtool_value value = { 0 };
	struct ifreq request = { 0 };
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	size_t i;

	strcpy(request.ifr_name, dev);
	request.ifr_data = (void *)&value;
	for (i = 0; i < sizeof(commands) / sizeof(commands[0]); i++) {
		value.cmd = commands[i];
		if (ioctl(fd, SIOCETHTOOL, &request))
			die("ethtool %s", dev);
	}
	close(fd);
}

static void tune_hosts(void)
{
	static const int ends[] = { S1, S2, D };
	size_t i;

	for (i = 0; i < 3; i++) {
		enter(ends[i]);
		sysctl_set("tcp_rmem", "4096 1048576 67108864");
		sysctl_set("tcp_wmem", "4096 262144 67108864");
		sysctl_set("tcp_no_metrics_save", "1");
		sysctl_set("tcp_ecn", spec.ecn ? "1" : "2");
	}
	if (*spec.rcc)
		sysctl_set("tcp_congestion_control", spec.rcc);
}

static void tbf(const char *verb, unsigned int kbit)
{
	batch(R1, "tc", "qdisc %s dev r1r2 root handle 1: tbf rate %ukbit burst 1600 limit %u\n", verb, kbit,
	      spec.limit);
}

#define POLICER	"qdisc add dev r1s1 ingress\n" \
		"filter add dev r1s1 parent ffff: protocol ip u32 match u32 0 0 police rate %ukbit burst %u drop\n"

static void build(void)
{
	static const char * const devices[][2] = {
		{ "r1", "r1s1" }, { "r1", "r1s2" }, { "r1", "r1r2" }, { "r2", "r2r1" }, { "r2", "r2d" }, { "s1", "e" },
		{ "s2", "e" }, { "d", "e" },
	};
	char path[64];
	size_t i;
	int h;

	batch(-1, "ip", "netns add s1\nnetns add s2\nnetns add r1\nnetns add r2\nnetns add d\n"
	      "link add r1s1 netns r1 type veth peer name e netns s1\n"
	      "link add r1s2 netns r1 type veth peer name e netns s2\n"
	      "link add r1r2 netns r1 type veth peer name r2r1 netns r2\n"
	      "link add r2d netns r2 type veth peer name e netns d\n");
	for (h = 0; h < HOSTS; h++) {
		snprintf(path, sizeof(path), "/run/netns/%s", host_name[h]);
		ns[h] = open(path, O_RDONLY | O_CLOEXEC);
	}
	for (h = S1; h <= S2; h++)
		batch(h, "ip", "link set lo up\naddr add 10.0.%d.2/24 dev e\nlink set e up\n"
		      "route add default via 10.0.%d.1\n", h + 1, h + 1);
	batch(R1, "ip", "addr add 10.0.1.1/24 dev r1s1\naddr add 10.0.2.1/24 dev r1s2\naddr add 10.0.3.1/24 dev r1r2\n"
	      "link set r1s1 up\nlink set r1s2 up\nlink set r1r2 up\nroute add 10.0.4.0/24 via 10.0.3.2\n");
	sysctl_set("ip_forward", "1");
	batch(R2, "ip", "addr add 10.0.3.2/24 dev r2r1\naddr add 10.0.4.1/24 dev r2d\n"
	      "link set r2r1 up\nlink set r2d up\nroute add default via 10.0.3.1\n");
	sysctl_set("ip_forward", "1");
	batch(D, "ip", "link set lo up\naddr add 10.0.4.2/24 dev e\nlink set e up\nroute add default via 10.0.4.1\n");
	for (i = 0; i < sizeof(devices) / sizeof(devices[0]); i++) {
		for (h = 0; strcmp(host_name[h], devices[i][0]); h++)
			;
		enter(h);
		offloads_off(devices[i][1]);
	}
	tune_hosts();
	batch(R1, "tc", "qdisc add dev r1s1 root netem limit 1000000 delay %gms\n"
	      "qdisc add dev r1s2 root netem limit 1000000 delay %gms\n", spec.rtt_ms[0], spec.rtt_ms[1]);
	tbf("add", spec.rate_kbit);
	if (*spec.aqm)
		batch(R1, "tc", "qdisc add dev r1r2 parent 1:1 handle 10: %s\n", spec.aqm);
	if (spec.police_kbit)
		batch(R1, "tc", POLICER, spec.police_kbit, spec.police_burst);
	if (*spec.netem)
		batch(R2, "tc", "qdisc add dev r2d root netem limit 1000000 %s\n", spec.netem);
}

/* ------------------------------------------------------------ flows */

static void watch(int fd, int kind, int flow, unsigned int events)
{
	struct epoll_event e = { .events = events, .data.fd = fd };

	if (fd < 0 || fd >= MAX_SOCKS || epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &e))
		die("watch %d", fd);
	role[fd].kind = kind;
	role[fd].flow = flow;
}

static struct sockaddr_in address(const char *ip, int port)
{
	struct sockaddr_in a = { .sin_family = AF_INET, .sin_port = htons(port) };

	inet_pton(AF_INET, ip, &a.sin_addr);
	return a;
}

static void listen_all(void)
{
	struct sockaddr_in a;
	int i, fd;

	enter(D);
	for (i = 0; i < spec.nflows; i++) {
		a = address("10.0.4.2", PORT + i);
		fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
		if (fd < 0 || bind(fd, (struct sockaddr *)&a, sizeof(a)) || listen(fd, 64))
			die("listen");
		watch(fd, LISTEN, i, EPOLLIN);
	}
	probe_rx = socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	a = address("10.0.4.2", PROBE_PORT);
	if (bind(probe_rx, (struct sockaddr *)&a, sizeof(a)))
		die("bind probe");
	watch(probe_rx, PROBE, 0, EPOLLIN);
	enter(S1);
	probe_tx = socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (connect(probe_tx, (struct sockaddr *)&a, sizeof(a)))
		die("connect probe");
}

static void open_flow(int i, uint64_t now)
{
	struct flow *f = &spec.flow[i];
	struct sockaddr_in a = address("10.0.4.2", PORT + i);

	enter(f->host);
	f->fd = socket(f->family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (f->fd < 0)
		die("socket");
	if (setsockopt(f->fd, IPPROTO_TCP, TCP_CONGESTION, f->cc, strlen(f->cc)))
		die("congestion control %s", f->cc);
	if (connect(f->fd, (struct sockaddr *)&a, sizeof(a)) && errno != EINPROGRESS)
		die("connect");
	f->begun_us = now;
	f->left = f->size;
	watch(f->fd, SEND, i, EPOLLOUT);
}

static void close_flow(struct flow *f)
{
	role[f->fd].kind = NONE;
	close(f->fd);
	f->fd = -1;
}

static unsigned int bucket(uint64_t now)
{
	unsigned int b = (now - begin_us) / BUCKET_US;

	return b < buckets ? b : buckets - 1;
}

static void on_send(struct flow *f)
{
	static char data[WRITE_BYTES];
	ssize_t n;

	for (;;) {
		size_t want = f->size && f->left < sizeof(data) ? f->left : sizeof(data);

		if (f->size && !f->left) {
			shutdown(f->fd, SHUT_WR);
			epoll_ctl(epoll, EPOLL_CTL_MOD, f->fd,
				  &(struct epoll_event){ .events = EPOLLIN, .data.fd = f->fd });
			return;
		}
		n = send(f->fd, data, want, MSG_NOSIGNAL);
		if (n < 0 && errno == EAGAIN)
			return;
		if (n < 0)
			die("send");
		if (f->size)
			f->left -= n;
	}
}

/* The receiver closed after the last byte: the transfer is over, both ways. */
static void on_finished(int i, uint64_t now)
{
	struct flow *f = &spec.flow[i];

	if (f->begun_us - begin_us >= spec.warm * 1e6)
		fprintf(out, "fct %d %.3f %llu\n", i, (f->begun_us - begin_us) / 1e6,
			(unsigned long long)(now - f->begun_us));
	close_flow(f);
	f->next_us = now + f->pause_ms * 1000ull;
}

static void on_recv(int fd, int i, uint64_t now)
{
	struct flow *f = &spec.flow[i];
	ssize_t n;

	while ((n = recv(fd, NULL, 1 << 20, MSG_TRUNC | MSG_DONTWAIT)) > 0)
		f->bytes[bucket(now)] += n;
	if (!n || errno != EAGAIN) {
		role[fd].kind = NONE;
		close(fd);
	}
}

/* ------------------------------------------------------------ measuring */

static void probe_send(uint64_t now)
{
	uint32_t offset = now - begin_us;

	if (send(probe_tx, &offset, sizeof(offset), 0) < 0 && errno != EAGAIN && errno != ECONNREFUSED)
		die("probe");
}

static void probe_read(uint64_t now)
{
	uint32_t sent;

	while (recv(probe_rx, &sent, sizeof(sent), 0) == sizeof(sent))
		fprintf(out, "q %u %u\n", sent, (uint32_t)(now - begin_us) - sent);
}

static void sample_flow(int i, uint64_t now)
{
	struct flow *f = &spec.flow[i];
	struct tcp_info info = { 0 };
	socklen_t len = sizeof(info);

	if (f->fd < 0 || getsockopt(f->fd, IPPROTO_TCP, TCP_INFO, &info, &len))
		return;
	f->retrans1 = info.tcpi_total_retrans;
	f->segs1 = info.tcpi_data_segs_out;
	if (now - begin_us < spec.warm * 1e6) {
		f->retrans0 = f->retrans1;
		f->segs0 = f->segs1;
	} else {
		f->srtt_sum += info.tcpi_rtt;
		f->srtt_n++;
	}
	f->min_rtt = info.tcpi_min_rtt;
	fprintf(out, "s %d %u %u %u %llu %u\n", i, (unsigned int)(now - begin_us), info.tcpi_snd_cwnd, info.tcpi_rtt,
		(unsigned long long)info.tcpi_pacing_rate, info.tcpi_total_retrans);
}

static void handle(int fd, uint64_t now)
{
	int i = role[fd].flow, child, lowat = spec.rate_kbit < 50000 ? spec.rate_kbit : 50000;
	char byte;

	switch (role[fd].kind) {
	case LISTEN:
		while ((child = accept4(fd, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC)) >= 0) {
			/* a bulk receiver need not wake for each segment; its ACKs stay as they are */
			if (!spec.flow[i].size)
				setsockopt(child, SOL_SOCKET, SO_RCVLOWAT, &lowat, sizeof(lowat));
			watch(child, RECV, i, EPOLLIN);
		}
		break;
	case RECV:
		on_recv(fd, i, now);
		break;
	case SEND:
		if (spec.flow[i].size && !spec.flow[i].left) {
			if (!recv(fd, &byte, 1, 0) || errno != EAGAIN)
				on_finished(i, now);
		} else {
			on_send(&spec.flow[i]);
		}
		break;
	case PROBE:
		probe_read(now);
		break;
	case NONE:
		break;
	}
}

/* Starts and ends flows that are due; returns when the next one is. */
static uint64_t schedule(uint64_t now)
{
	uint64_t next = begin_us + spec.sec * 1e6;
	int i;

	for (i = 0; i < spec.nflows; i++) {
		struct flow *f = &spec.flow[i];
		uint64_t stop = begin_us + f->stop * 1e6;

		if (f->fd < 0 && f->next_us <= now && now < stop)
			open_flow(i, now);
		if (f->fd < 0 && f->next_us > now && f->next_us < next)
			next = f->next_us;
		if (f->fd >= 0 && now >= stop) {
			close_flow(f);
			f->next_us = UINT64_MAX;
		}
		if (f->fd >= 0 && stop > now && stop < next)
			next = stop;
	}
	return next;
}

static void run(void)
{
	/* 0.2 % of the link at most; not in step with anything */
	uint64_t probe_gap = spec.rate_kbit < 40000 ? 200000000 / spec.rate_kbit : 5000;
	uint64_t next_probe = 0, next_sample = 0, end, now;
	struct epoll_event events[64];
	int i, n, step = 0;
	uint32_t dither = 1;

	begin_us = now_us();
	end = begin_us + spec.sec * 1e6;
	for (i = 0; i < spec.nflows; i++)
		spec.flow[i].next_us = begin_us + spec.flow[i].start * 1e6;
	while ((now = now_us()) < end) {
		uint64_t next = schedule(now);

		if (step < spec.nsteps && now >= begin_us + spec.step[step].at * 1e6)
			tbf("change", spec.step[step++].kbit);
		if (step < spec.nsteps && begin_us + spec.step[step].at * 1e6 < next)
			next = begin_us + spec.step[step].at * 1e6;
		if (now >= next_probe) {
			probe_send(now);
			dither = dither * 1664525 + 1013904223;
			next_probe = now + probe_gap / 2 + (uint64_t)(dither >> 16) * probe_gap / 65536;
		}
		if (now >= next_sample) {
			for (i = 0; i < spec.nflows; i++)
				sample_flow(i, now);
			next_sample = now + BUCKET_US / 2;
		}
		next = next_probe < next ? next_probe : next;
		next = next_sample < next ? next_sample : next;
		n = epoll_pwait2(epoll, events, 64, &(struct timespec){ .tv_sec = (next - now) / 1000000,
				 .tv_nsec = (next - now) % 1000000 * 1000 }, NULL);
		now = now_us();
		for (i = 0; i < n; i++)
			handle(events[i].data.fd, now);
	}
	for (i = 0; i < spec.nflows; i++)
		sample_flow(i, end);
}

static void report(void)
{
	unsigned int b;
	int i;

	for (i = 0; i < spec.nflows; i++) {
		struct flow *f = &spec.flow[i];

		for (b = 0; b < buckets; b++) {
			if (f->bytes[b])
				fprintf(out, "b %d %u %llu\n", i, b, (unsigned long long)f->bytes[b]);
		}
		fprintf(out, "flow %d %llu %llu %.1f %u\n", i, (unsigned long long)(f->retrans1 - f->retrans0),
			(unsigned long long)(f->segs1 - f->segs0), f->srtt_n ? f->srtt_sum / f->srtt_n : 0, f->min_rtt);
	}
	fputs("end\n", out);
}

int main(int argc, char **argv)
{
	int i;

	if (argc != 3)
		die("usage: cell SPEC OUT");
	read_spec(argv[1]);
	out = fopen(argv[2], "we");
	if (!out)
		die("cannot write %s", argv[2]);
	/* all of it at the end: files of the host are slow */
	setvbuf(out, NULL, _IOFBF, 1 << 24);
	for (i = 0; i < spec.nflows; i++)
		spec.flow[i].bytes = calloc(buckets, sizeof(uint64_t));
	epoll = epoll_create1(EPOLL_CLOEXEC);
	/* memory never limits */
	sysctl_set("tcp_mem", "120000 160000 200000");
	build();
	listen_all();
	run();
	report();
	if (fclose(out))
		die("writing %s", argv[2]);
	return 0;
}

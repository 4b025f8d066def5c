// SPDX-License-Identifier: GPL-2.0
/*
 * The simulator: runs seeds, sums up, keeps the capture of what fails.
 *
 * A seed is a network with its faults and a workload on it (params.c). Two hosts (world.c: network namespaces) speak
 * through a link (link.c) that is this program; the connections' ends (workload.c, io.c) are this program's sockets
 * there. Every byte must arrive as it was sent, or the end must get an error for which there is a reason (verdict.c).
 *
 * It belongs into a guest with virtual time: scripts/vm --kernel uml -- build/selftests/sim/sim --seeds 1-1000
 */
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "run.h"

#define CAPTURES "build/sim"
#define PROGRESS 100
/* Sockets that live on for a while when namespaces go: freed after a grace period. */
#define LEAK_WAIT_S 10

struct options {
	__u64 first;
	__u64 last;
	enum pair pair;
	const char *pcap;
	const char *scenario;
	__u64 mib;
	bool verbose;
	bool hash;
	bool stop;
};

static const char usage[] =
	"usage: sim --seeds A-B | --seed N [--pair xx|xk|kx|kk|any] [--verbose] [--hash] [--pcap FILE] [--stop-on-fail]\n"
	"       sim --scenario NAME --mib N --seeds A-B --pair kk|xx|xk|kx\n"
	"       sim --scenario list\n"
	"\n"
	"Runs seeds: two hosts, an impaired link between them, random connections over it. The same seed is the same run.\n"
	"\n"
	"  --seeds A-B      these seeds\n"
	"  --seed N         one seed\n"
	"  --pair PAIR      client's and server's stack, x = XTCP, k = kernel TCP; any (default): drawn, never kk\n"
	"  --verbose        log every segment and every event\n"
	"  --hash           print a hash of each seed's segments and their times\n"
	"  --pcap FILE      write the last seed's capture; without it, failing seeds leave " CAPTURES "/seed-N.pcap\n"
	"  --stop-on-fail   end at the first failing seed\n"
	"  --scenario NAME  one transfer over a chosen link in place of what the seed draws; prints how long it took\n"
	"  --mib N          of so many MiB (10)\n"
	"\n"
	"Needs root, and virtual time unless one has patience.\n"
	"Exit status: 0 all seeds passed, 1 some failed, 2 usage.\n";

static bool parse_number(const char *text, char stop, __u64 *value, const char **end)
{
	char *last;

	errno = 0;
	*value = strtoull(text, &last, 10);
	*end = last;
	return last != text && *last == stop && !errno;
}

static bool parse_pair(const char *text, enum pair *pair)
{
	int i;

	for (i = 0; i <= PAIR_ANY; i++)
		if (!strcmp(text, pair_names[i])) {
			*pair = i;
			return true;
		}
	return false;
}

static bool parse(int argc, char **argv, struct options *o)
{
	static const struct option options[] = {
		{ "seeds", required_argument, NULL, 'r' }, { "seed", required_argument, NULL, 's' },
		{ "pair", required_argument, NULL, 'p' }, { "verbose", no_argument, NULL, 'v' },
		{ "hash", no_argument, NULL, 'x' }, { "pcap", required_argument, NULL, 'f' },
		{ "stop-on-fail", no_argument, NULL, '1' }, { "scenario", required_argument, NULL, 'c' },
		{ "mib", required_argument, NULL, 'm' }, { "help", no_argument, NULL, 'h' }, { 0 },
	};
	bool seeds = false;
	const char *end;
	int c;

	while ((c = getopt_long(argc, argv, "h", options, NULL)) != -1) {
		switch (c) {
		case 'r':
			seeds = parse_number(optarg, '-', &o->first, &end) &&
				parse_number(end + 1, 0, &o->last, &end) && o->first <= o->last;
			if (!seeds)
				return false;
			break;
		case 's':
			seeds = parse_number(optarg, 0, &o->first, &end);
			o->last = o->first;
			break;
		case 'p':
			if (!parse_pair(optarg, &o->pair))
				return false;
			break;
		case 'v':
			o->verbose = true;
			break;
		case 'x':
			o->hash = true;
			break;
		case 'f':
			o->pcap = optarg;
			break;
		case '1':
			o->stop = true;
			break;
		case 'c':
			o->scenario = optarg;
			break;
		case 'm':
			if (!parse_number(optarg, 0, &o->mib, &end) || !o->mib)
				return false;
			break;
		default:
			return false;
		}
	}
	return (seeds || o->scenario) && optind == argc;
}

static void failed(struct run *run)
{
	char path[64];
	int error;

	params_print(&run->p, stderr);
	mkdir("build", 0777);
	mkdir(CAPTURES, 0777);
	snprintf(path, sizeof(path), CAPTURES "/seed-%llu.pcap", run->p.seed);
	error = pcap_write(&run->pcap, path);
	fprintf(stderr, "seed %llu: capture %s%s%s%s\n", run->p.seed, path, run->pcap.full ? " (its beginning)" : "",
		error ? ": " : "", error ? strerror(-error) : "");
	fprintf(stderr, "seed %llu: replay with  sim --seed %llu --pair %s --verbose\n", run->p.seed, run->p.seed,
		pair_names[run->p.pair]);
}

/* Sockets of namespaces that are gone must be gone too. */
static int leaked(struct world *w, int before)
{
	int i, now = 0;

	for (i = 0; i < LEAK_WAIT_S; i++) {
		now = world_allocated(w);
		if (now <= before)
			return 0;
		sleep(1);
	}
	return now - before;
}

static void replace_world(struct world *w, bool *open)
{
	if (*open)
		world_close(w);
	*open = !world_open(w);
	if (!*open) {
		world_close(w);
		fprintf(stderr, "sim: no hosts, no simulation\n");
		exit(1);
	}
}

static __u64 run_all(struct run *run, const struct options *o)
{
	__u64 seed, done = 0, bad = 0, total = o->last - o->first + 1;
	static struct world world;
	bool open = false;
	int before;

	run->world = &world;
	world.at = SIDES;
	before = world_allocated(&world);
	for (seed = o->first; done < total; seed++) {
		if (!open || seed % WORLD_RUNS == 0)
			replace_world(&world, &open);
		if (run_seed(run, seed, o->pair)) {
			bad++;
			failed(run);
			replace_world(&world, &open);
		} else if (o->scenario) {
			printf("scenario %s pair %s seed %llu ms %.0f\n", o->scenario, pair_names[o->pair], seed,
			       (double)run->done_at / NS_PER_MS);
		}
		if (o->hash)
			printf("seed %llu hash %016llx\n", seed, run->link.hash);
		done++;
		if (done % PROGRESS == 0)
			fprintf(stderr, "sim: %llu of %llu seeds, %llu failed, %.0f h of virtual time\n", done, total,
				bad, (double)run_clock() / NS_PER_S / 3600);
		if (bad && o->stop)
			break;
	}
	world_close(&world);
	before = leaked(&world, before);
	if (before) {
		fprintf(stderr, "sim: FAILED: %d sockets outlived their namespaces\n", before);
		bad += !bad;
	}
	return bad;
}

static void summary(const struct run *run, const struct options *o, __u64 bad)
{
	const struct link_stats *l = &run->link.stats;
	const struct workload_stats *w = &run->load.stats;
	__u64 total = o->last - o->first + 1;

	printf("# connections %llu, bytes %llu; ends exact %llu, aborted %llu, cut short %llu, error %llu, ", w->conns,
	       w->bytes, w->outcome[OUTCOME_EXACT], w->outcome[OUTCOME_ABORTED], w->outcome[OUTCOME_SHORT],
	       w->outcome[OUTCOME_ERROR]);
	printf("waited in vain %llu, never accepted %llu; link cut %llu, too big %llu, stray %llu\n",
	       w->outcome[OUTCOME_GIVEN_UP], w->outcome[OUTCOME_NONE], l->cut, l->too_big, l->stray);
	printf("%sok 1 - sim seeds %llu-%llu pair %s\n", bad ? "not " : "", o->first, o->last, pair_names[o->pair]);
	printf("sim: %llu seeds, %llu exact or clean, %llu failed; %llu segments, %llu lost, %llu duplicated, ", total,
	       total - bad, bad, l->segments, l->lost, l->duplicated);
	printf("%llu reordered, %llu corrupted, %llu delayed\n", l->reordered, l->corrupted, l->delayed);
}

int main(int argc, char **argv)
{
	struct options o = { .pair = PAIR_ANY, .mib = 10 };
	static struct run run;
	__u64 bad;
	int error;

	if (!parse(argc, argv, &o)) {
		fputs(usage, stderr);
		return 2;
	}
	if (o.scenario) {
		run.scenario = scenario_find(o.scenario);
		run.bytes = o.mib << 20;
		if (!run.scenario || o.pair == PAIR_ANY) {
			scenario_list(stdout);
			return strcmp(o.scenario, "list") ? 2 : 0;
		}
	}
	run.verbose = o.verbose;
	error = run_open(&run);
	if (error) {
		fprintf(stderr, "sim: %s\n", strerror(-error));
		return 1;
	}
	setvbuf(stdout, NULL, _IOLBF, 0);
	printf("TAP version 13\n1..1\n");
	bad = run_all(&run, &o);
	if (o.pcap && pcap_write(&run.pcap, o.pcap)) {
		fprintf(stderr, "sim: %s cannot be written\n", o.pcap);
		bad += !bad;
	}
	summary(&run, &o, bad);
	run_close(&run);
	return bad ? 1 : 0;
}

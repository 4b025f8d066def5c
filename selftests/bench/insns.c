// SPDX-License-Identifier: GPL-2.0
/*
 * A plugin for QEMU's TCG that counts instructions by the block of code they lie in. bench.py --profile builds it, has
 * scripts/vm load it, and adds the counts up per function.
 *
 *   -plugin insns.so,out=PATH
 *
 * The guest says what is to be counted by calling addresses of its own (load.c, mark()): INSNS_BEGIN sets all
 * counts to 0, INSNS_END writes PATH.0, then PATH.1 and so on: "ADDRESS INSTRUCTIONS TIMES" for each block that ran.
 * What runs between INSNS_PAUSE and INSNS_RESUME does not count.
 * A block never goes beyond a jump or a call, so it lies in one function. One virtual CPU only: nothing is locked.
 *
 * The declarations are the part of QEMU's plugin interface (version 1) that is used; Debian packages no header of it.
 */
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "insns.h"

struct qemu_plugin_tb;

int qemu_plugin_version = 1;

int qemu_plugin_install(uint64_t id, const void *info, int argc, char **argv);
void qemu_plugin_register_vcpu_tb_trans_cb(uint64_t id, void (*fn)(uint64_t id, struct qemu_plugin_tb *tb));
void qemu_plugin_register_vcpu_tb_exec_cb(struct qemu_plugin_tb *tb, void (*fn)(unsigned int cpu, void *arg), int flags,
					  void *arg);
void qemu_plugin_register_vcpu_tb_exec_inline(struct qemu_plugin_tb *tb, int op, void *count, uint64_t add);
size_t qemu_plugin_tb_n_insns(const struct qemu_plugin_tb *tb);
uint64_t qemu_plugin_tb_vaddr(const struct qemu_plugin_tb *tb);

#define CB_NO_REGS	0
#define INLINE_ADD_U64	0
#define BUCKETS		65536

/* One block, as long as it was translated; another length is another block. Never freed: code counts there. */
struct block {
	struct block *next;
	uint64_t address;
	uint64_t times;		/* since the last mark */
	uint64_t kept;		/* before it */
	size_t insns;
};

static struct block *table[BUCKETS];
static const char *path = "insns";
static int dumps;
static bool paused;

static struct block *find(uint64_t address, size_t insns)
{
	struct block **at = &table[(address ^ address >> 16) % BUCKETS], *b;

	for (b = *at; b; b = b->next)
		if (b->address == address && b->insns == insns)
			return b;
	b = calloc(1, sizeof(*b));
	if (!b)
		abort();
	*b = (struct block){ .next = *at, .address = address, .insns = insns };
	*at = b;
	return b;
}

static void begin(unsigned int cpu, void *arg)
{
	(void)cpu;
	(void)arg;
	for (size_t i = 0; i < BUCKETS; i++)
		for (struct block *b = table[i]; b; b = b->next) {
			b->times = 0;
			b->kept = 0;
		}
	paused = false;
}

static void keep(void)
{
	for (size_t i = 0; i < BUCKETS; i++)
		for (struct block *b = table[i]; b; b = b->next) {
			if (!paused)
				b->kept += b->times;
			b->times = 0;
		}
}

static void stop(unsigned int cpu, void *arg)
{
	(void)cpu;
	(void)arg;
	keep();
	paused = true;
}

static void resume(unsigned int cpu, void *arg)
{
	(void)cpu;
	(void)arg;
	keep();
	paused = false;
}

static void end(unsigned int cpu, void *arg)
{
	char name[4096];
	FILE *file;

	(void)cpu;
	(void)arg;
	keep();
	snprintf(name, sizeof(name), "%s.%d", path, dumps++);
	file = fopen(name, "we");
	if (!file) {
		perror(name);
		exit(1);
	}
	for (size_t i = 0; i < BUCKETS; i++)
		for (struct block *b = table[i]; b; b = b->next)
			if (b->kept)
				fprintf(file, "%" PRIx64 " %" PRIu64 " %" PRIu64 "\n", b->address, b->insns * b->kept,
					b->kept);
	fclose(file);
}

static void translated(uint64_t id, struct qemu_plugin_tb *tb)
{
	uint64_t address = qemu_plugin_tb_vaddr(tb);
	struct block *b = find(address, qemu_plugin_tb_n_insns(tb));

	(void)id;
	qemu_plugin_register_vcpu_tb_exec_inline(tb, INLINE_ADD_U64, &b->times, 1);
	if (address == INSNS_BEGIN)
		qemu_plugin_register_vcpu_tb_exec_cb(tb, begin, CB_NO_REGS, NULL);
	if (address == INSNS_PAUSE)
		qemu_plugin_register_vcpu_tb_exec_cb(tb, stop, CB_NO_REGS, NULL);
	if (address == INSNS_RESUME)
		qemu_plugin_register_vcpu_tb_exec_cb(tb, resume, CB_NO_REGS, NULL);
	if (address == INSNS_END)
		qemu_plugin_register_vcpu_tb_exec_cb(tb, end, CB_NO_REGS, NULL);
}

int qemu_plugin_install(uint64_t id, const void *info, int argc, char **argv)
{
	(void)info;
	for (int i = 0; i < argc; i++)
		if (!strncmp(argv[i], "out=", 4))
			path = strdup(argv[i] + 4);
	qemu_plugin_register_vcpu_tb_trans_cb(id, translated);
	return 0;
}

// SPDX-License-Identifier: GPL-2.0
/* Stands in for libFuzzer: gives each file named on the command line to the target once. */
#include <stdio.h>
#include <stdlib.h>

#include "platform.h"

int LLVMFuzzerTestOneInput(const u8 *data, size_t len);

static int replay(const char *name)
{
	static u8 file[1 << 16];
	FILE *f = fopen(name, "rb");
	size_t len;
	u8 *data;

	if (!f) {
		perror(name);
		return 1;
	}
	len = fread(file, 1, sizeof(file), f);
	fclose(f);

	/* A block of exactly this size, so that the sanitizer sees a read past its end. */
	data = malloc(len);
	memcpy(data, file, len);
	LLVMFuzzerTestOneInput(data, len);
	free(data);
	return 0;
}

int main(int argc, char **argv)
{
	int i, bad = argc < 2;

	for (i = 1; i < argc; i++)
		bad |= replay(argv[i]);
	printf("# %d inputs\n", argc - 1);
	return bad;
}

// SPDX-License-Identifier: GPL-2.0
/* xtcp stat, param: counters, and the values of net.xtcp. */
#include <dirent.h>
#include <errno.h>
#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>

#include "xtcp.h"

#define PARAM_DIR	"/proc/sys/net/xtcp"

/* --- stat */

struct stat_words {
	struct args *a;
	bool zeros;
};

static bool stat_wanted(const struct stat_words *w, const char *name)
{
	int i;

	for (i = 0; i < w->a->left; i++)
		if (!fnmatch(w->a->argv[i], name, FNM_CASEFOLD))
			return true;
	return !w->a->left;
}

static int show_counter(const struct nlmsghdr *nlh, struct nlattr **tb, void *arg)
{
	const struct stat_words *w = arg;
	const char *name;

	(void)nlh;
	if (!tb[XTCP_A_COUNTER_NAME])
		return MNL_CB_OK;
	name = mnl_attr_get_str(tb[XTCP_A_COUNTER_NAME]);
	if (!stat_wanted(w, name) || (!w->zeros && !nl_num(tb[XTCP_A_COUNTER_VALUE])))
		return MNL_CB_OK;
	out_object(NULL);
	out_col("name", 30, "%s", name);
	out_num_col("value", 0, nl_num(tb[XTCP_A_COUNTER_VALUE]));
	out_object_end();
	return MNL_CB_OK;
}

int cmd_stat(struct args *a)
{
	struct stat_words w = { .a = a, .zeros = options.statistics || a->left };
	int status;

	if (a->left && !strcmp(a->argv[0], "show"))
		next_arg(a, "");
	out_begin();
	status = nl_dump(nl_begin(XTCP_CMD_COUNTER_GET, 0), show_counter, &w);
	out_end();
	return status;
}

/* --- param */

static int show_param(const char *name)
{
	char path[512], value[256] = "";
	FILE *file;

	snprintf(path, sizeof(path), PARAM_DIR "/%s", name);
	file = fopen(path, "r");
	if (!file) {
		fprintf(stderr, "xtcp: no parameter %s: %s\n", name, strerror(errno));
		return EXIT_USAGE;
	}
	if (!fgets(value, sizeof(value), file))
		value[0] = '\0';
	fclose(file);
	value[strcspn(value, "\n")] = '\0';
	out_object(NULL);
	out_col("name", 24, "%s", name);
	out_col("value", 0, "%s", value);
	out_object_end();
	return 0;
}

static int set_param(const char *name, const char *value)
{
	char path[512];
	FILE *file;
	int failed;

	snprintf(path, sizeof(path), PARAM_DIR "/%s", name);
	file = fopen(path, "w");
	failed = !file || fprintf(file, "%s\n", value) < 0;
	if (file && fclose(file))
		failed = 1;
	if (failed)
		fprintf(stderr, "xtcp: %s: %s\n", name, strerror(errno));
	return failed ? EXIT_KERNEL : 0;
}

static int by_name(const struct dirent **a, const struct dirent **b)
{
	return strcmp((*a)->d_name, (*b)->d_name);
}

static int show_params_all(void)
{
	struct dirent **list;
	int i, n = scandir(PARAM_DIR, &list, NULL, by_name);

	if (n < 0) {
		fprintf(stderr, "xtcp: %s: %s: is the module loaded?\n", PARAM_DIR, strerror(errno));
		return EXIT_KERNEL;
	}
	out_begin();
	for (i = 0; i < n; i++) {
		if (list[i]->d_name[0] != '.')
			show_param(list[i]->d_name);
		free(list[i]);
	}
	free(list);
	out_end();
	return 0;
}

int cmd_param(struct args *a)
{
	int status = 0;

	if (!a->left || (is_word(a->argv[0], "show", 2) && a->left == 1))
		return show_params_all();
	if (strchr(a->argv[0], '=')) {
		while (a->left && !status) {
			char *name = (char *)next_arg(a, ""), *value = strchr(name, '=');

			if (!value || strchr(name, '/'))
				usage_error("param: NAME=VALUE, not \"%s\"", name);
			*value++ = '\0';
			status = set_param(name, value);
		}
		return status;
	}
	out_begin();
	while (a->left && !status) {
		const char *name = next_arg(a, "");

		if (strchr(name, '/'))
			usage_error("param: no parameter \"%s\"", name);
		status = show_param(name);
	}
	out_end();
	return status;
}

// SPDX-License-Identifier: GPL-2.0
/* xtcp policy: show, add, delete, replace (the whole table from a file), flush. */
#include <stdlib.h>
#include <string.h>

#include "xtcp.h"

#define POLICY_WORDS	64

static void show_prefix(const char *key, struct nlattr **tb, int attr)
{
	char text[96], *end;

	if (!tb[attr])
		return;
	endpoint(text, sizeof(text), tb[attr], NULL);
	/* without ":*" and brackets */
	end = strrchr(text, ':');
	*end = '\0';
	if (text[0] == '[')
		end[-1] = '\0';
	out_str(key, "%s/%u", text + (text[0] == '['), (unsigned int)nl_num(tb[attr + 1]));
}

static int show_policy(const struct nlmsghdr *nlh, struct nlattr **tb, void *arg)
{
	static const char *const directions[] = { "any", "connect", "accept" };
	unsigned int direction = nl_num(tb[XTCP_A_POLICY_DIRECTION]);

	(void)nlh;
	(void)arg;
	out_object(NULL);
	out_num("id", nl_num(tb[XTCP_A_POLICY_ID]));
	if (direction < 3 && (direction || options.json))
		out_str("on", "%s", directions[direction]);
	show_prefix("dst", tb, XTCP_A_POLICY_REMOTE);
	show_prefix("src", tb, XTCP_A_POLICY_LOCAL);
	if (tb[XTCP_A_POLICY_REMOTE_PORT])
		out_num("dport", nl_num(tb[XTCP_A_POLICY_REMOTE_PORT]));
	if (tb[XTCP_A_POLICY_LOCAL_PORT])
		out_num("sport", nl_num(tb[XTCP_A_POLICY_LOCAL_PORT]));
	if (tb[XTCP_A_POLICY_UID])
		out_num("uid", nl_num(tb[XTCP_A_POLICY_UID]));
	if (tb[XTCP_A_POLICY_CGROUP])
		out_num("cgroup", nl_num(tb[XTCP_A_POLICY_CGROUP]));
	if (!options.json)
		out_col("set", 0, "set");
	show_params(tb[XTCP_A_POLICY_PARAM]);
	if (options.statistics || options.json)
		out_num("hits", nl_num(tb[XTCP_A_POLICY_HITS]));
	out_object_end();
	return MNL_CB_OK;
}

static void put_direction(struct nlmsghdr *nlh, const char *text)
{
	enum xtcp_direction direction = XTCP_DIRECTION_ANY;

	if (is_word(text, "connect", 1))
		direction = XTCP_DIRECTION_CONNECT;
	else if (is_word(text, "accept", 2))
		direction = XTCP_DIRECTION_ACCEPT;
	else if (!is_word(text, "any", 2))
		usage_error("on: connect, accept or any, not \"%s\"", text);
	mnl_attr_put_u32(nlh, XTCP_A_POLICY_DIRECTION, direction);
}

/* MATCH ... set PARAMETER ... */
static void put_policy(struct nlmsghdr *nlh, struct args *a)
{
	while (a->left) {
		const char *word = next_arg(a, "");

		if (is_word(word, "set", 3))
			break;
		if (is_word(word, "on", 2))
			put_direction(nlh, next_arg(a, word));
		else if (is_word(word, "dst", 3))
			put_prefix(nlh, XTCP_A_POLICY_REMOTE, XTCP_A_POLICY_REMOTE_PREFIX, next_arg(a, word));
		else if (is_word(word, "src", 3))
			put_prefix(nlh, XTCP_A_POLICY_LOCAL, XTCP_A_POLICY_LOCAL_PREFIX, next_arg(a, word));
		else if (is_word(word, "dport", 2))
			mnl_attr_put_u16(nlh, XTCP_A_POLICY_REMOTE_PORT, read_port(next_arg(a, word)));
		else if (is_word(word, "sport", 2))
			mnl_attr_put_u16(nlh, XTCP_A_POLICY_LOCAL_PORT, read_port(next_arg(a, word)));
		else if (is_word(word, "uid", 1))
			mnl_attr_put_u32(nlh, XTCP_A_POLICY_UID, read_uid(next_arg(a, word)));
		else if (is_word(word, "cgroup", 2))
			mnl_attr_put_u64(nlh, XTCP_A_POLICY_CGROUP, read_cgroup(next_arg(a, word)));
		else
			usage_error("policy: \"%s\" is none of on, dst, src, dport, sport, uid, cgroup, set", word);
	}
	if (!put_params(nlh, XTCP_A_POLICY_PARAM, a))
		usage_error("policy: nothing to set: MATCH ... set PARAMETER VALUE ...");
}

static int show_id(const struct nlmsghdr *nlh, struct nlattr **tb, void *arg)
{
	(void)nlh;
	(void)arg;
	out_begin();
	out_object(NULL);
	out_num("id", nl_num(tb[XTCP_A_POLICY_ID]));
	out_object_end();
	out_end();
	return MNL_CB_OK;
}

/* One line of a file as one entry; "#" begins a comment. */
static void put_line(struct nlmsghdr *nlh, char *line)
{
	char *words[POLICY_WORDS], *word, *save = NULL;
	struct args a = { .argv = words };
	struct nlattr *nest;

	line[strcspn(line, "#\n")] = '\0';
	for (word = strtok_r(line, " \t", &save); word && a.left < POLICY_WORDS; word = strtok_r(NULL, " \t", &save))
		words[a.left++] = word;
	if (!a.left)
		return;
	nest = mnl_attr_nest_start(nlh, XTCP_A_POLICY_ENTRY);
	put_policy(nlh, &a);
	mnl_attr_nest_end(nlh, nest);
}

static int replace(const char *name)
{
	struct nlmsghdr *nlh = nl_begin(XTCP_CMD_POLICY_REPLACE, 0);
	FILE *file = strcmp(name, "-") ? fopen(name, "r") : stdin;
	char line[4096];

	if (!file) {
		perror(name);
		return EXIT_USAGE;
	}
	while (fgets(line, sizeof(line), file)) {
		if (nlh->nlmsg_len + sizeof(line) > nl_room())
			usage_error("%s: too many policies for one message", name);
		put_line(nlh, line);
	}
	if (file != stdin)
		fclose(file);
	return nl_do(nlh, NULL, NULL);
}

int cmd_policy(struct args *a)
{
	const char *verb = a->left ? next_arg(a, "") : "show";
	struct nlmsghdr *nlh;
	int status;

	if (is_word(verb, "show", 1)) {
		out_begin();
		status = nl_dump(nl_begin(XTCP_CMD_POLICY_GET, 0), show_policy, NULL);
		out_end();
		return status;
	}
	if (is_word(verb, "add", 1)) {
		nlh = nl_begin(XTCP_CMD_POLICY_ADD, 0);
		put_policy(nlh, a);
		return nl_do(nlh, show_id, NULL);
	}
	if (is_word(verb, "delete", 1)) {
		nlh = nl_begin(XTCP_CMD_POLICY_DEL, 0);
		if (a->left && !strcmp(a->argv[0], "id"))
			next_arg(a, "");
		mnl_attr_put_u32(nlh, XTCP_A_POLICY_ID, read_num("id", next_arg(a, verb), 1, UINT32_MAX));
		return nl_do(nlh, NULL, NULL);
	}
	if (is_word(verb, "replace", 1))
		return replace(next_arg(a, verb));
	if (is_word(verb, "flush", 1))
		return nl_do(nl_begin(XTCP_CMD_POLICY_REPLACE, 0), NULL, NULL);
	usage_error("policy: show, add, delete, replace or flush, not \"%s\"", verb);
}

// SPDX-License-Identifier: GPL-2.0
/*
 * enable UNIT, disable UNIT: a drop-in that puts xtcp-run in front of a service's ExecStart= lines. The unit as it is
 * now is systemctl's word; the unit's own file is never touched. systemd.service(5), systemd.unit(5).
 */
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "xtcp-run.h"

#define DROP_IN		"xtcp.conf"
#define LINES_MAX	32
#define LINE_MAX_BYTES	8192

static int complain(const char *unit, const char *what)
{
	fprintf(stderr, "xtcp-run: %s: %s\n", unit, what);
	return EXIT_LAUNCHER;
}

/* Only names that a shell and a path take as they are. */
static bool unit_name(const char *name, char full[NAME_MAX])
{
	static const char allowed[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789:_.@-";
	const char *dot = strrchr(name, '.');
	bool service = dot && !strcmp(dot, ".service");

	if (!*name || name[0] == '-' || name[0] == '.' || name[strspn(name, allowed)])
		return false;
	/* x.socket, x.mount, x.timer, x.path ... */
	if (dot && !service && dot[1] && strchr("smtp", dot[1]))
		return false;
	return snprintf(full, NAME_MAX, "%s%s", name, service ? "" : ".service") < NAME_MAX;
}

static bool drop_in_path(const char *full, const char *root, char directory[PATH_MAX], char path[PATH_MAX])
{
	int room = PATH_MAX - (int)sizeof(DROP_IN) - 1;

	if (snprintf(directory, PATH_MAX, "%s/etc/systemd/system/%s.d", root, full) >= room)
		return false;
	strcpy(path, directory);
	strcat(path, "/" DROP_IN);
	return true;
}

static int make_directories(const char *path)
{
	char part[PATH_MAX];

	snprintf(part, sizeof(part), "%s", path);
	for (char *slash = strchr(part + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
		*slash = '\0';
		if (mkdir(part, 0755) && errno != EEXIST)
			return -1;
		*slash = '/';
	}
	return mkdir(part, 0755) && errno != EEXIST ? -1 : 0;
}

/* One logical line: a backslash at its end continues it. */
static bool read_line(FILE *from, char line[LINE_MAX_BYTES])
{
	size_t len = 0;

	while (fgets(line + len, LINE_MAX_BYTES - len, from)) {
		len += strcspn(line + len, "\n");
		line[len] = '\0';
		if (!len || line[len - 1] != '\\')
			return true;
		line[len - 1] = ' ';
	}
	return len > 0;
}

/* The ExecStart= lines that are in force; an empty one forgets those before it. Their number, or -1. */
static int read_commands(const char *full, const char *root, char *commands[LINES_MAX])
{
	char command[PATH_MAX + NAME_MAX + 64], line[LINE_MAX_BYTES], own[PATH_MAX], directory[PATH_MAX];
	bool service = false, skip = false;
	int count = 0;
	FILE *from;

	if (*root && root[strcspn(root, "'\\")])
		return -1;
	drop_in_path(full, root, directory, own);
	snprintf(command, sizeof(command), "systemctl --no-pager %s%s%s cat '%s' 2>/dev/null", *root ? "--root='" : "",
		 root, *root ? "'" : "", full);
	from = popen(command, "r");
	if (!from)
		return -1;
	while (read_line(from, line)) {
		/* systemctl begins each file with its name; ours from last time does not count */
		if (line[0] == '#' && line[1] == ' ' && line[2] == '/')
			skip = !strcmp(line + 2, own);
		if (line[0] == '[')
			service = !strcmp(line, "[Service]");
		if (skip || !service || strncmp(line, "ExecStart=", 10))
			continue;
		if (!line[10 + strspn(line + 10, " \t")])
			count = 0;
		else if (count < LINES_MAX)
			commands[count++] = strdup(line + 10 + strspn(line + 10, " \t"));
	}
	return pclose(from) ? -1 : count;
}

static bool self_path(char path[PATH_MAX])
{
	ssize_t len = readlink("/proc/self/exe", path, PATH_MAX - 1);

	if (len <= 0)
		return false;
	path[len] = '\0';
	return !strpbrk(path, " \t\"'%$\\");
}

/* systemd.service(5): prefixes of the program's path stay in front. "@" names argv[0] in a word of its own. */
static int write_command(FILE *to, const char *command, const char *self, const char *options)
{
	size_t prefix = strspn(command, "-:+!");

	if (command[prefix] == '@' || (prefix && memchr(command, '@', prefix)))
		return -1;
	return fprintf(to, "ExecStart=%.*s%s %s%s%s\n", (int)prefix, command, self, options, *options ? " " : "",
		       command + prefix) < 0 ? -1 : 0;
}

static int reload(const char *root)
{
	return *root ? 0 : system("systemctl daemon-reload >/dev/null 2>&1");
}

int unit_enable(const char *unit, const char *root, const char *options)
{
	char full[NAME_MAX], directory[PATH_MAX], path[PATH_MAX], self[PATH_MAX];
	char *commands[LINES_MAX];
	int count, err;
	FILE *to;

	if (!unit_name(unit, full) || !drop_in_path(full, root, directory, path))
		return complain(unit, "not the name of a service");
	if (!self_path(self))
		return complain(unit, "the path of xtcp-run has characters that a unit cannot carry");
	count = read_commands(full, root, commands);
	if (count <= 0)
		return complain(unit, count ? "systemctl does not know it" : "it has no ExecStart=");
	if (make_directories(directory))
		return complain(directory, strerror(errno));
	to = fopen(path, "we");
	if (!to)
		return complain(path, strerror(errno));
	fprintf(to, "# Written by \"xtcp-run enable %s\"; \"xtcp-run disable %s\" removes it.\n", unit, unit);
	fputs("[Service]\nExecStart=\n", to);
	err = 0;
	for (int i = 0; i < count; i++)
		err |= write_command(to, commands[i], self, options);
	if (fclose(to) || err) {
		unlink(path);
		rmdir(directory);
		return complain(unit, err ? "its ExecStart= has the prefix '@', which cannot be put behind a launcher" :
				strerror(errno));
	}
	reload(root);
	printf("xtcp-run: %s written. It takes effect with: systemctl restart %s\n", path, full);
	return EXIT_SUCCESS;
}

int unit_disable(const char *unit, const char *root)
{
	char full[NAME_MAX], directory[PATH_MAX], path[PATH_MAX];

	if (!unit_name(unit, full) || !drop_in_path(full, root, directory, path))
		return complain(unit, "not the name of a service");
	if (unlink(path))
		return complain(unit, errno == ENOENT ? "it is not enabled" : strerror(errno));
	/* another drop-in may be there */
	rmdir(directory);
	reload(root);
	printf("xtcp-run: %s removed. It takes effect with: systemctl restart %s\n", path, full);
	return EXIT_SUCCESS;
}

// SPDX-License-Identifier: GPL-2.0
/*
 * xtcp doctor: what stands between a machine and a working module. It reads files and starts nothing, so that it can be
 * asked about the folder of another system ("root"), and changes nothing: it loads no module.
 */
#include <dirent.h>
#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "doctor.h"
#include "xtcp.h"

#define FILE_MAX	(64 << 20)	/* bytes; more than any module */
#define CONF_FILES	256

static const char *const verdicts[] = { "ok", "note", "warning", "fault" };

void told(struct patient *p, const char *check, enum verdict verdict, const char *remedy, const char *format, ...)
{
	char text[480];
	va_list ap;

	va_start(ap, format);
	vsnprintf(text, sizeof(text), format, ap);
	va_end(ap);
	p->faults += verdict == FAULT;
	out_object(NULL);
	out_col("state", 8, "%s", verdicts[verdict]);
	out_col("check", 11, "%s", check);
	out_col("text", 0, "%s", text);
	if (remedy) {
		out_line();
		out_str("remedy", "%s", remedy);
	}
	out_object_end();
}

enum verdict unless_usable(const struct patient *p)
{
	return p->usable ? WARNING : FAULT;
}

static char *format_text(const char *before, const char *format, va_list ap)
{
	char *text, *all;

	if (vasprintf(&text, format, ap) < 0 || asprintf(&all, "%s%s", before, text) < 0)
		abort();
	free(text);
	return all;
}

char *path_of(const struct patient *p, const char *format, ...)
{
	va_list ap;
	char *path;

	va_start(ap, format);
	path = format_text(p->root, format, ap);
	va_end(ap);
	return path;
}

char *text_of(const char *format, ...)
{
	va_list ap;
	char *text;

	va_start(ap, format);
	text = format_text("", format, ap);
	va_end(ap);
	return text;
}

bool exists(const struct patient *p, const char *format, ...)
{
	va_list ap;
	char *path;
	bool yes;

	va_start(ap, format);
	path = format_text(p->root, format, ap);
	va_end(ap);
	yes = !access(path, F_OK);
	free(path);
	return yes;
}

/* The file with a '\0' behind it; NULL: it cannot be read. Files of /proc and /sys say no size. */
char *read_whole(const char *path, size_t *size)
{
	size_t room = 1 << 16, used = 0, got;
	FILE *file = fopen(path, "r");
	char *text, *more;

	if (!file)
		return NULL;
	text = malloc(room);
	while (text && (got = fread(text + used, 1, room - used - 1, file)) > 0) {
		used += got;
		if (used < room - 1)
			continue;
		if (room >= FILE_MAX)
			break;
		room *= 2;
		more = realloc(text, room);
		if (!more)
			abort();
		text = more;
	}
	if (!text)
		abort();
	if (ferror(file)) {
		free(text);
		text = NULL;
	} else {
		text[used] = '\0';
	}
	fclose(file);
	if (size)
		*size = used;
	return text;
}

char *read_of(const struct patient *p, const char *format, ...)
{
	char *path, *text;
	va_list ap;

	va_start(ap, format);
	path = format_text(p->root, format, ap);
	va_end(ap);
	text = read_whole(path, NULL);
	free(path);
	return text;
}

bool has_program(const struct patient *p, const char *name)
{
	static const char *const dirs[] = { "usr/local/sbin", "usr/local/bin", "usr/sbin", "usr/bin", "sbin", "bin" };
	size_t i;

	for (i = 0; i < sizeof(dirs) / sizeof(dirs[0]); i++)
		if (exists(p, "/%s/%s", dirs[i], name))
			return true;
	return false;
}

/* @word in @text, between blanks, commas, '=' or ends. */
bool has_word(const char *text, const char *word)
{
	const char *at, *stops = " \t\n,=";
	size_t len = strlen(word);

	for (at = text; at && (at = strstr(at, word)); at += len)
		if ((at == text || strchr(stops, at[-1])) && (!at[len] || strchr(stops, at[len])))
			return true;
	return false;
}

bool option_set(const struct patient *p, const char *name)
{
	char line[128];
	const char *at;

	snprintf(line, sizeof(line), "\n%s=", name);
	at = p->config ? strstr(p->config, line) : NULL;
	return at && (at[strlen(line)] == 'y' || at[strlen(line)] == 'm');
}

struct conf {
	char *path;
	const char *name;
};

static int by_name(const void *a, const void *b)
{
	return strcmp(((const struct conf *)a)->name, ((const struct conf *)b)->name);
}

static size_t find_confs(const struct patient *p, const char *const *dirs, struct conf *confs)
{
	size_t n = 0, i;

	for (; *dirs; dirs++) {
		char *dir = path_of(p, "/%s", *dirs);
		DIR *d = opendir(dir);
		struct dirent *e;

		while (d && (e = readdir(d)) && n < CONF_FILES) {
			size_t len = strlen(e->d_name);

			if (len < 6 || strcmp(e->d_name + len - 5, ".conf"))
				continue;
			for (i = 0; i < n && strcmp(confs[i].name, e->d_name); i++)
				;
			if (i < n)
				continue;
			confs[n].path = text_of("%s/%s", dir, e->d_name);
			confs[n].name = strrchr(confs[n].path, '/') + 1;
			n++;
		}
		if (d)
			closedir(d);
		free(dir);
	}
	if (n)
		qsort(confs, n, sizeof(*confs), by_name);
	return n;
}

void each_conf_line(struct patient *p, const char *const *dirs,
		    void (*fn)(struct patient *p, const char *file, char *line, void *arg), void *arg)
{
	struct conf confs[CONF_FILES] = {};
	size_t n = find_confs(p, dirs, confs), i;

	for (i = 0; i < n; i++) {
		char *text = read_whole(confs[i].path, NULL), *save = NULL, *line;

		for (line = text ? strtok_r(text, "\n", &save) : NULL; line; line = strtok_r(NULL, "\n", &save)) {
			line += strspn(line, " \t");
			if (*line && *line != '#' && *line != ';')
				fn(p, confs[i].path + strlen(p->root), line, arg);
		}
		free(text);
		free(confs[i].path);
	}
}

/* The only folder of /lib/modules, for a system that does not run; NULL: there is none, or there are several. */
static char *only_release(const struct patient *p)
{
	char *dir = path_of(p, "/lib/modules"), *found = NULL;
	DIR *d = opendir(dir);
	struct dirent *e;

	while (d && (e = readdir(d))) {
		if (e->d_name[0] == '.')
			continue;
		if (found) {
			free(found);
			found = NULL;
			break;
		}
		found = strdup(e->d_name);
	}
	if (d)
		closedir(d);
	free(dir);
	return found;
}

int cmd_doctor(struct args *a)
{
	struct patient p = { .root = "" };
	static struct utsname host;

	uname(&host);
	p.machine = host.machine;
	while (a->left) {
		const char *word = next_arg(a, "doctor");

		if (!strcmp(word, "root"))
			p.root = next_arg(a, word);
		else if (!strcmp(word, "kernel"))
			p.release = next_arg(a, word);
		else
			usage_error("doctor takes \"root DIR\" and \"kernel RELEASE\", not \"%s\"", word);
	}
	if (!strcmp(p.root, "/"))
		p.root = "";
	if (!p.release)
		p.release = *p.root ? only_release(&p) : host.release;
	if (!p.release)
		usage_error("which kernel of %s? kernel RELEASE", p.root);
	out_begin();
	doctor_module(&p);
	doctor_build(&p);
	doctor_load(&p);
	out_end();
	if (!options.json && !p.faults)
		printf("nothing stands in the way of XTCP on %s\n", p.release);
	else if (!options.json)
		printf("%u fault%s between %s and XTCP\n", p.faults, p.faults == 1 ? "" : "s", p.release);
	return p.faults ? EXIT_KERNEL : 0;
}

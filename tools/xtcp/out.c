// SPDX-License-Identifier: GPL-2.0
/*
 * Output: the same calls print lines for people, or JSON (-j, indented with -p). In text an object is a line of "name
 * value" pairs, columns without their names; out_line() begins a second, indented line (with -o it stays one line).
 */
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "xtcp.h"

#define DEPTH	16

static int depth;
static bool filled[DEPTH];	/* something was printed at this depth */
static bool bare;		/* text: nothing on this line yet */
static int inside;		/* text: objects that are open */

static void indent(void)
{
	if (options.pretty)
		printf("\n%*s", 4 * depth, "");
}

static void begin_value(const char *key)
{
	if (filled[depth])
		putchar(',');
	filled[depth] = true;
	indent();
	if (key)
		printf(options.pretty ? "\"%s\": " : "\"%s\":", key);
}

static void open_json(const char *key, char bracket)
{
	begin_value(key);
	putchar(bracket);
	filled[++depth] = false;
}

static void close_json(char bracket)
{
	bool was = filled[depth--];

	if (was)
		indent();
	putchar(bracket);
}

static void json_text(const char *text)
{
	putchar('"');
	for (; *text; text++) {
		if (*text == '"' || *text == '\\')
			putchar('\\');
		if ((unsigned char)*text < ' ')
			printf("\\u%04x", *text);
		else
			putchar(*text);
	}
	putchar('"');
}

void out_begin(void)
{
	if (!options.json)
		return;
	putchar('[');
	depth = 1;
	filled[1] = false;
}

void out_end(void)
{
	if (!options.json)
		return;
	close_json(']');
	putchar('\n');
}

void out_object(const char *name)
{
	if (options.json)
		open_json(name, '{');
	else if (!inside++)
		bare = true;
}

void out_object_end(void)
{
	if (options.json)
		close_json('}');
	else if (!--inside)
		putchar('\n');
}

void out_list(const char *name)
{
	if (options.json)
		open_json(name, '[');
}

void out_list_end(void)
{
	if (options.json)
		close_json(']');
}

static void gap(void)
{
	if (!bare)
		putchar(' ');
	bare = false;
}

/* In JSON a member @key; else @label, "" for none, and the text in a column. */
static void out_text(const char *key, const char *label, int width, const char *format, va_list ap)
{
	char text[512];

	vsnprintf(text, sizeof(text), format, ap);
	if (options.json) {
		begin_value(key);
		json_text(text);
		return;
	}
	gap();
	printf("%s%s%-*s", label, *label ? " " : "", width, text);
}

void out_str(const char *key, const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	out_text(key, key, 0, format, ap);
	va_end(ap);
}

void out_col(const char *key, int width, const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	out_text(key, "", width, format, ap);
	va_end(ap);
}

void out_num(const char *key, uint64_t value)
{
	if (options.json) {
		begin_value(key);
		printf("%llu", (unsigned long long)value);
		return;
	}
	gap();
	printf("%s %llu", key, (unsigned long long)value);
}

void out_num_col(const char *key, int width, uint64_t value)
{
	if (options.json) {
		out_num(key, value);
		return;
	}
	gap();
	printf("%-*llu", width, (unsigned long long)value);
}

/* Microseconds: JSON as they are, with "_us" behind the name; text in milliseconds. */
void out_ms(const char *key, uint64_t us)
{
	char name[64];

	if (options.json) {
		snprintf(name, sizeof(name), "%s_us", key);
		out_num(name, us);
		return;
	}
	gap();
	printf("%s %llu.%03llums", key, (unsigned long long)us / 1000, (unsigned long long)us % 1000);
}

void out_line(void)
{
	if (options.json)
		return;
	printf(options.oneline ? " \\ " : "\n\t");
	bare = true;
}

void out_head(const char *format, ...)
{
	va_list ap;

	if (options.json || options.oneline)
		return;
	va_start(ap, format);
	vprintf(format, ap);
	va_end(ap);
	putchar('\n');
}

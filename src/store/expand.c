#include "store/expand.h"

#include "base/arena.h"
#include "base/shape.h"
#include "base/text.h"

#include <assert.h>

/* One list while it is written. */
struct list {
	struct text        *out;
	const struct shape *shape;
	const char         *alias, *path;              /* what stood in the braces */
	size_t              alias_length, path_length; /* 0: none */
	size_t              count;
};

/* `name` is what the result must call it, of the shape's own members; `column` what the table does. */
static void
add_column(struct list *list, const char *column, const char *name, const char *name_end)
{
	struct text *out = list->out;
	bool         renamed = list->path_length > 0 || strlen(column) != strlen(name) + strlen(name_end) ||
	    strncmp(column, name, strlen(name)) != 0 || strcmp(column + strlen(name), name_end) != 0;

	if (list->count++ > 0)
		TEXT_ADD(out, ", ");
	if (list->alias_length > 0)
		text_addf(out, "%.*s.%s", (int)list->alias_length, list->alias, column);
	else
		text_addf(out, "`%s`", column); /* alone it might be a reserved word */
	if (renamed)
		text_addf(out, " AS `%.*s%s%s%s`", (int)list->path_length, list->path, list->path_length > 0 ? "." : "", name,
		    name_end);
}

static void
add_member(struct list *list, const struct member *member)
{
	bool        money = member->kind == MEMBER_MONEY;
	const char *column = member->column;
	char        minor[80];

	if (column == NULL) {
		snprintf(minor, sizeof minor, "%s%s", member->name, money ? "_minor" : "");
		column = minor;
	}
	add_column(list, column, member->name, money ? "_minor" : "");
}

static bool
has_column(const struct member *member)
{
	switch (member->kind) {
	case MEMBER_TEXT:
	case MEMBER_INTEGER:
	case MEMBER_BOOLEAN:
	case MEMBER_UUID:
	case MEMBER_MONEY:
	case MEMBER_ENUM:
	case MEMBER_TIME:
	case MEMBER_MAP:
	case MEMBER_JSON:
	case MEMBER_BYTES:
		return !member->computed;
	case MEMBER_DECIMAL:
	case MEMBER_OBJECT:
	case MEMBER_ARRAY:
	case MEMBER_TEXTS:
	case MEMBER__COUNT:
		break;
	}
	return false;
}

static void
add_list(struct list *list)
{
	static const char currency[] = "currency";
	bool              needs_currency = false;

	for (size_t i = 0; i < list->shape->count; i++) {
		const struct member *member = &list->shape->members[i];

		if (!has_column(member))
			continue;
		add_member(list, member);
		needs_currency |= member->kind == MEMBER_MONEY;
	}
	if (needs_currency && shape_member(list->shape, currency, sizeof currency - 1) == NULL)
		add_column(list, currency, currency, "");
	assert(list->count > 0);
}

/* The shape of the object that "category.parent" leads to. */
static const struct shape *
follow(const struct shape *shape, const char *path, size_t length)
{
	while (length > 0) {
		const char          *dot = memchr(path, '.', length);
		size_t               step = dot == NULL ? length : (size_t)(dot - path);
		const struct member *member = shape_member(shape, path, step);

		assert(member != NULL && member->kind == MEMBER_OBJECT);
		shape = member->of;
		path += step + (dot != NULL);
		length -= step + (dot != NULL);
	}
	return shape;
}

/* `inside` is what stands between the braces. */
static void
add_columns(struct text *out, const struct shape *shape, const char *inside, size_t length)
{
	const char *space = memchr(inside, ' ', length);
	struct list list = { .out = out, .alias = inside, .alias_length = space == NULL ? length : (size_t)(space - inside) };

	assert(shape != NULL);
	if (space != NULL) {
		list.path = space + 1;
		list.path_length = length - list.alias_length - 1;
	}
	list.shape = follow(shape, list.path, list.path_length);
	add_list(&list);
}

/* The end of the text, name or literal that begins with a quote here. */
static const char *
quoted_end(const char *quote)
{
	const char *c = quote + 1;

	while (*c != '\0' && *c != *quote)
		c += *c == '\\' && c[1] != '\0' ? 2 : 1;
	return *c == '\0' ? c : c + 1;
}

/* The brace or bracket that ends what begins here, outside quotes. */
static const char *
closing(const char *c, char end)
{
	while (*c != '\0' && *c != end)
		c = *c == '\'' || *c == '"' || *c == '`' ? quoted_end(c) : c + 1;
	assert(*c != '\0');
	return c;
}

static void
repeat(struct text *out, const char *group, size_t length, size_t rows)
{
	assert(rows > 0);
	for (size_t i = 0; i < rows; i++) {
		if (i > 0 && group[0] != ' ')
			TEXT_ADD(out, ", ");
		text_add(out, group, length);
	}
}

const char *
sql_expand(struct arena *arena, const char *sql, const struct shape *shape, size_t rows)
{
	struct text out;
	const char *from = sql, *c = sql, *close;

	if (strpbrk(sql, "{[") == NULL)
		return sql;
	out = text_new(arena, 1024);
	while (*c != '\0') {
		if (*c == '\'' || *c == '"' || *c == '`') {
			c = quoted_end(c);
		} else if (*c == '{' || *c == '[') {
			text_add(&out, from, (size_t)(c - from));
			close = closing(c + 1, *c == '{' ? '}' : ']');
			if (*c == '{')
				add_columns(&out, shape, c + 1, (size_t)(close - c) - 1);
			else
				repeat(&out, c + 1, (size_t)(close - c) - 1, rows);
			from = c = close + 1;
		} else {
			c++;
		}
	}
	text_add(&out, from, (size_t)(c - from));
	return out.bytes;
}

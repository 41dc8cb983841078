#include "store/list.h"

#include "base/arena.h"

#include <assert.h>

#define FIRST_LOOK "400" /* rows, and what is joined to them */

struct list
list_begin(struct work *work, const char *select, const char *from)
{
	struct list list = { .work = work, .select = select, .from = text_new(work->arena, 1024) };

	text_add_string(&list.from, from);
	return list;
}

struct list
list_of_rows(const char *select, const struct list *rows, const char *from)
{
	struct list list = *rows;

	list.select = select;
	list.from = text_new(rows->work->arena, 1024);
	list.has_conditions = false;
	text_add_string(&list.from, "FROM (");
	text_add_string(&list.from, rows->select);
	text_add_char(&list.from, ' ');
	text_add(&list.from, rows->from.bytes, rows->from.length);
	text_add_string(&list.from, ") ");
	text_add_string(&list.from, from);
	return list;
}

void
list_append_(struct list *list, const char *fragment, size_t n, const struct parameter *parameters)
{
	assert(list->n + n <= LIST_PARAMETERS_MAX);
	text_add_char(&list->from, ' ');
	text_add_string(&list->from, fragment);
	memcpy(list->parameters + list->n, parameters, n * sizeof *parameters);
	list->n += n;
}

void
list_where_(struct list *list, const char *condition, size_t n, const struct parameter *parameters)
{
	text_add_string(&list->from, list->has_conditions ? " AND" : " WHERE");
	list->has_conditions = true;
	list_append_(list, condition, n, parameters);
}

void
list_filter(struct list *list, const char *condition, struct parameter parameter)
{
	if (parameter.kind != PARAMETER_NULL)
		list_where(list, condition, parameter);
}

/* The statement of this selection from what was put together. */
static const char *
statement(struct list *list, const char *select)
{
	struct text sql = text_new(list->work->arena, list->from.length + strlen(select) + 1);

	text_add_string(&sql, select);
	text_add_char(&sql, ' ');
	text_add(&sql, list->from.bytes, list->from.length);
	return db_compose(list->work->db, sql.bytes);
}

const struct problem *
list_read(struct list *list, const struct shape *shape, size_t limit, void *rows, size_t *count)
{
	return db_rows_(list->work->db, shape, limit, rows, count, statement(list, list->select), list->n, list->parameters);
}

static const struct member *
member_of(const struct shape *shape, const char *name)
{
	const struct member *member = shape_member(shape, name, strlen(name));

	assert(member != NULL && !member->pointer);
	return member;
}

/* The parameter of a key, by the kind of member that it is the value of. */
static struct parameter
key_parameter(const struct member *member, const struct list_key *key)
{
	if (member->kind == MEMBER_TEXT)
		return parameter_text(key->text == NULL ? "" : key->text);
	if (member->kind == MEMBER_TIME)
		return parameter_time((struct instant) { key->number });
	return parameter_integer(key->number);
}

/* Only rows behind the key, or only those up to it; one comparison of the column is what the server ranges over. */
static void
add_bound(struct list *list, const struct shape *shape, const struct list_order *order, const struct list_key *key, bool less,
    bool with_key)
{
	const char      *side = less ? "<" : ">", *equal = with_key ? "=" : "", *mark = order->mark != NULL ? order->mark : "?";
	struct arena    *arena = list->work->arena;
	struct parameter value;

	if (order->column == NULL) {
		list_where(list, arena_format(arena, "%s %s%s ?", order->id, side, equal), P(key->id));
		return;
	}
	value = key_parameter(member_of(shape, order->member), key);
	list_where(list,
	    arena_format(arena, "(%s %s %s OR (%s = %s AND %s %s%s ?))", order->column, side, mark, order->column, mark,
		order->id, side, equal),
	    value, value, P(key->id));
}

static void
add_order(struct list *list, const struct list_order *order, bool down)
{
	const char   *direction = down ? "DESC" : "ASC";
	struct arena *arena = list->work->arena;

	list_append(list,
	    order->column == NULL ? arena_format(arena, "ORDER BY %s %s", order->id, direction)
				  : arena_format(arena, "ORDER BY %s %s, %s %s", order->column, direction, order->id, direction));
}

static void
reverse(void *rows, size_t size, size_t count)
{
	unsigned char *low = rows, *high = low + (count == 0 ? 0 : (count - 1) * size);

	for (; low < high; low += size, high -= size)
		for (size_t i = 0; i < size; i++) {
			unsigned char kept = low[i];

			low[i] = high[i];
			high[i] = kept;
		}
}

static struct list_key *
key_of(struct arena *arena, const struct shape *shape, const struct list_order *order, const char *row)
{
	struct list_key     *key = ARENA_NEW(arena, struct list_key);
	const struct member *member;

	key->id = *(const struct uuid *)(row + member_of(shape, "id")->offset);
	if (order->column == NULL)
		return key;
	member = member_of(shape, order->member);
	if (member->kind == MEMBER_TEXT)
		key->text = *(const char *const *)(row + member->offset);
	else if (member->kind == MEMBER_TIME)
		key->number = ((const struct instant *)(row + member->offset))->unix_ms;
	else if (member->kind == MEMBER_MONEY)
		key->number = ((const struct money *)(row + member->offset))->minor;
	else
		key->number = *(const int64_t *)(row + member->offset);
	return key;
}

/* One page of a list in one ordering. */
struct walk {
	const struct shape        *shape;
	const struct list_order   *order;
	const struct page_request *page;
	bool                       down;
};

static struct list
behind_cursor(struct list list, const struct walk *walk)
{
	if (walk->page->given)
		add_bound(&list, walk->shape, walk->order, &walk->page->key, walk->down, false);
	return list;
}

/* The key of the row number `max` behind the cursor; NULL when there are fewer. */
static const struct problem *
find_end(struct list list, const struct walk *walk, int64_t max, struct list_key **end)
{
	size_t count;
	char  *row;

	list = behind_cursor(list, walk);
	add_order(&list, walk->order, walk->down);
	list_append(&list, "LIMIT 1 OFFSET ?", P(max - 1));
	TRY(list_read(&list, walk->shape, 1, &row, &count));
	*end = count == 0 ? NULL : key_of(list.work->arena, walk->shape, walk->order, row);
	return OK;
}

/* The rows behind the cursor, up to `end` where there is one, one more than the page has; `limit` is SQL's. */
static const struct problem *
read_rows(struct list list, const struct walk *walk, const struct list_key *end, const char *limit, void *rows, size_t *count)
{
	size_t most = (size_t)walk->page->limit + 1;

	list = behind_cursor(list, walk);
	if (end != NULL)
		add_bound(&list, walk->shape, walk->order, end, !walk->down, true);
	add_order(&list, walk->order, walk->down);
	list_append(&list, limit, P((int64_t)most));
	return list_read(&list, walk->shape, most, rows, count);
}

/*
 * A first look at few rows fills most pages.  Where the server has stopped before the page was full is not known (what it
 * counts as examined depends on the plan), so it is asked once more for all rows up to the end of the walk.
 */
static const struct problem *
read_walked(const struct list *list, const struct list *keys, int64_t max, const struct walk *walk, void *rows, size_t *count,
    struct list_key **end)
{
	*end = NULL;
	TRY(read_rows(*list, walk, NULL, "LIMIT ? ROWS EXAMINED " FIRST_LOOK, rows, count));
	if (*count > (size_t)walk->page->limit || !db_cut_short(list->work->db))
		return OK;
	TRY(find_end(*keys, walk, max, end));
	return read_rows(*list, walk, *end, "LIMIT ?", rows, count);
}

const struct problem *
list_page_(const struct list *list, const struct list *keys, int64_t max, const struct shape *shape,
    const struct list_order *orders, size_t n_orders, const struct page_request *page, void *rows, struct listed *listed)
{
	struct arena    *arena = list->work->arena;
	struct walk      walk = { shape, orders + page->ordering, page, false };
	struct list_key *end = NULL;
	bool             more;
	char            *first;

	*listed = (struct listed) { .count = 0 };
	if (page->ordering < 0 || (size_t)page->ordering >= n_orders)
		return problem(BAD_CURSOR, "the cursor does not belong to this list");
	walk.down = walk.order->descending != page->backward;
	if (keys == NULL)
		TRY(read_rows(*list, &walk, NULL, "LIMIT ?", rows, &listed->count));
	else
		TRY(read_walked(list, keys, max, &walk, rows, &listed->count, &end));
	more = listed->count > (size_t)page->limit;
	listed->count -= more;
	first = *(char **)rows;
	if (page->backward && listed->count > 0)
		reverse(first, shape->size, listed->count);
	if (listed->count > 0 && (page->backward || more))
		listed->next = key_of(arena, shape, walk.order, first + (listed->count - 1) * shape->size);
	if (listed->count > 0 && (page->backward ? more : page->given))
		listed->previous = key_of(arena, shape, walk.order, first);
	if (end != NULL && !more)
		*(page->backward ? &listed->previous : &listed->next) = end;
	/* The way back from a page without rows. */
	if (end != NULL && listed->count == 0 && page->given)
		*(page->backward ? &listed->next : &listed->previous) = end;
	return OK;
}

static struct list_key *
position_key(struct arena *arena, int64_t position)
{
	struct list_key *key = ARENA_NEW(arena, struct list_key);

	key->number = position;
	return key;
}

struct list_window
list_window(const struct page_request *page)
{
	int64_t position = page->key.number, first;

	if (!page->given)
		return (struct list_window) { 0, page->limit };
	if (!page->backward)
		return (struct list_window) { position + 1, page->limit };
	first = position > page->limit ? position - page->limit : 0;
	return (struct list_window) { first, position - first };
}

void
list_window_found(struct arena *arena, const struct list_window *window, size_t count, struct listed *listed)
{
	bool more = count > (size_t)window->limit;

	*listed = (struct listed) { .count = count - more };
	if (more)
		listed->next = position_key(arena, window->first + (int64_t)listed->count - 1);
	if (window->first > 0 && listed->count > 0)
		listed->previous = position_key(arena, window->first);
}

const struct problem *
list_numbered(struct list *list, const struct shape *shape, const char *order, int64_t number, int64_t size, void *rows,
    struct listed *listed)
{
	*listed = (struct listed) { .count = 0 };
	TRY(db_value_(list->work->db, &listed->total, statement(list, "SELECT COUNT(*)"), list->n, list->parameters));
	list_append(
	    list, arena_format(list->work->arena, "ORDER BY %s LIMIT ? OFFSET ?", order), P(size), P((number - 1) * size));
	return list_read(list, shape, (size_t)size, rows, &listed->count);
}

static const char *
like(struct arena *arena, const char *before, const char *text)
{
	struct text pattern = text_new(arena, 2 * strlen(text) + 2);

	text_add_string(&pattern, before);
	for (; *text != '\0'; text++) {
		if (*text == '%' || *text == '_' || *text == '\\')
			text_add_char(&pattern, '\\');
		text_add_char(&pattern, *text);
	}
	text_add_char(&pattern, '%');
	return pattern.bytes;
}

const char *
like_prefix(struct arena *arena, const char *text)
{
	return like(arena, "", text);
}

const char *
like_part(struct arena *arena, const char *text)
{
	return like(arena, "%", text);
}

#include "store/list.h"

#include "base/arena.h"

#include <assert.h>

/* Rows that are examined besides those of the walk: what is joined to those that are shown, and single rows. */
enum { WALK_SLACK = 256 };

struct list
list_begin(struct work *work, const char *select, const char *from)
{
	struct list list = { .work = work, .select = select, .from = text_new(work->arena, 1024) };

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

/* Only rows behind the key; one comparison of the column is what the server ranges over. */
static void
add_seek(struct list *list, const struct shape *shape, const struct list_order *order, const struct list_key *key, bool down)
{
	const char      *behind = down ? "<" : ">", *mark = order->mark != NULL ? order->mark : "?";
	struct arena    *arena = list->work->arena;
	struct parameter value;

	if (order->column == NULL) {
		list_where(list, arena_format(arena, "%s %s ?", order->id, behind), P(key->id));
		return;
	}
	value = key_parameter(member_of(shape, order->member), key);
	list_where(list,
	    arena_format(arena, "(%s %s %s OR (%s = %s AND %s %s ?))", order->column, behind, mark, order->column, mark,
		order->id, behind),
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

/* Where a walk of `max` rows ended: the key of its last; NULL when the list ended before. */
static const struct problem *
walk_end(struct list *walk, int64_t max, const struct shape *shape, const struct list_order *order,
    const struct page_request *page, bool down, struct list_key **end)
{
	size_t count;
	char  *row;

	if (page->given)
		add_seek(walk, shape, order, &page->key, down);
	add_order(walk, order, down);
	list_append(walk, "LIMIT 1 OFFSET ?", P(max - 1));
	TRY(list_read(walk, shape, 1, &row, &count));
	*end = count == 0 ? NULL : key_of(walk->work->arena, shape, order, row);
	return OK;
}

/* The server stops a bit later than where walk_end says, so that nothing stands between the two. */
static void
add_limit(struct list *list, const struct page_request *page, int64_t max)
{
	if (max == 0)
		list_append(list, "LIMIT ?", P(page->limit + 1));
	else
		list_append(list, arena_format(list->work->arena, "LIMIT ? ROWS EXAMINED %lld", (long long)max + WALK_SLACK),
		    P(page->limit + 1));
}

const struct problem *
list_page_(struct list *list, struct list *walk, int64_t max, const struct shape *shape, const struct list_order *orders,
    size_t n_orders, const struct page_request *page, void *rows, struct listed *listed)
{
	struct arena            *arena = list->work->arena;
	const struct list_order *order = orders + page->ordering;
	struct list_key         *end = NULL;
	bool                     down, more;
	char                    *first;

	*listed = (struct listed) { .count = 0 };
	if (page->ordering < 0 || (size_t)page->ordering >= n_orders)
		return problem(BAD_CURSOR, "the cursor does not belong to this list");
	down = order->descending != page->backward;
	if (page->given)
		add_seek(list, shape, order, &page->key, down);
	add_order(list, order, down);
	add_limit(list, page, max);
	TRY(list_read(list, shape, (size_t)page->limit + 1, rows, &listed->count));
	more = listed->count > (size_t)page->limit;
	listed->count -= more;
	if (walk != NULL && !more)
		TRY(walk_end(walk, max, shape, order, page, down, &end));
	first = *(char **)rows;
	if (page->backward && listed->count > 0)
		reverse(first, shape->size, listed->count);
	if (listed->count > 0 && (page->backward || more))
		listed->next = key_of(arena, shape, order, first + (listed->count - 1) * shape->size);
	if (listed->count > 0 && (page->backward ? more : page->given))
		listed->previous = key_of(arena, shape, order, first);
	if (end != NULL)
		*(page->backward ? &listed->previous : &listed->next) = end;
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

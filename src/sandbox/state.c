#include "base/arena.h"
#include "base/ids.h"
#include "base/instant.h"
#include "base/log.h"
#include "sandbox/sandbox.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

void
put_text(struct json_object *object, const char *name, const char *text)
{
	json_object_object_add(object, name, text == NULL ? NULL : json_object_new_string(text));
}

void
put_integer(struct json_object *object, const char *name, int64_t value)
{
	json_object_object_add(object, name, json_object_new_int64(value));
}

void
put_bool(struct json_object *object, const char *name, bool value)
{
	json_object_object_add(object, name, json_object_new_boolean(value));
}

void
put_null(struct json_object *object, const char *name)
{
	json_object_object_add(object, name, NULL);
}

void
put_copy(struct json_object *object, const char *name, const struct json_object *value)
{
	struct json_object *copy = NULL;

	if (value != NULL && json_object_deep_copy((struct json_object *)value, &copy, NULL) != 0)
		abort();
	json_object_object_add(object, name, copy);
}

const char *
get_text(const struct json_object *object, const char *name)
{
	struct json_object *value = json_object_object_get(object, name);

	return json_object_is_type(value, json_type_string) ? json_object_get_string(value) : NULL;
}

int64_t
get_integer(const struct json_object *object, const char *name)
{
	return json_object_get_int64(json_object_object_get(object, name));
}

bool
has_value(const struct json_object *object, const char *text)
{
	if (!json_object_is_type(object, json_type_object))
		return false;
	json_object_object_foreach(object, name, value)
	{
		(void)name;
		if (value != NULL && strcmp(json_object_get_string(value), text) == 0)
			return true;
	}
	return false;
}

const char *
time_text(struct arena *arena)
{
	char text[INSTANT_TEXT_SIZE];

	instant_write(instant_now(), text);
	return arena_string(arena, text);
}

const char *
json_text(const struct json_object *object)
{
	return json_object_to_json_string_ext(
	    (struct json_object *)object, JSON_C_TO_STRING_PLAIN | JSON_C_TO_STRING_NOSLASHESCAPE);
}

const char *
id_new(struct arena *arena, const char *prefix)
{
	static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
	unsigned char     bytes[24];
	struct text       text = text_new(arena, 40);

	random_bytes(bytes, sizeof bytes);
	text_add_string(&text, prefix);
	for (size_t i = 0; i < sizeof bytes; i++)
		text_add_char(&text, alphabet[bytes[i] % (sizeof alphabet - 1)]);
	return text.bytes;
}

struct json_object *
state_table(const struct sandbox *sandbox, const char *table)
{
	return json_object_object_get(sandbox->tables, table);
}

struct json_object *
state_find(const struct sandbox *sandbox, const char *table, const char *id)
{
	return json_object_object_get(state_table(sandbox, table), id);
}

/* One line, one write: what a crash leaves half written is the last line, which the replay skips. */
static void
write_journal(struct sandbox *sandbox, const char *table, const struct json_object *object)
{
	struct arena *arena;
	struct text   line;

	if (sandbox->journal < 0)
		return;
	arena = arena_new(1 << 22);
	line = text_new(arena, 4096);
	text_addf(&line, "{\"table\":\"%s\",\"object\":", table);
	text_add_string(&line, json_text(object));
	TEXT_ADD(&line, "}\n");
	if (write(sandbox->journal, line.bytes, line.length) != (ssize_t)line.length)
		log_error("cannot write the journal", LOG_TEXT("cause", strerror(errno)));
	arena_free(arena);
}

static void
put_object(struct sandbox *sandbox, const char *table, struct json_object *object)
{
	const char *id = get_text(object, "id");

	if (state_table(sandbox, table) == NULL)
		json_object_object_add(sandbox->tables, table, json_object_new_object());
	if (state_find(sandbox, table, id) != object)
		json_object_object_add(state_table(sandbox, table), id, object);
}

void
state_save(struct sandbox *sandbox, const char *table, struct json_object *object)
{
	put_object(sandbox, table, object);
	write_journal(sandbox, table, object);
}

struct json_object **
state_newest_first(const struct sandbox *sandbox, const char *table, struct arena *arena, size_t *count)
{
	struct json_object  *objects = state_table(sandbox, table);
	size_t               left = objects == NULL ? 0 : (size_t)json_object_object_length(objects);
	struct json_object **list = ARENA_ARRAY(arena, left + 1, struct json_object *);

	*count = left;
	if (objects == NULL)
		return list;
	json_object_object_foreach(objects, id, object)
	{
		(void)id;
		list[--left] = object;
	}
	return list;
}

static bool
replay_line(struct sandbox *sandbox, const char *line)
{
	struct json_object *entry = json_tokener_parse(line), *object = json_object_object_get(entry, "object");
	const char         *name = get_text(entry, "table");
	bool                known = name != NULL && get_text(object, "id") != NULL;

	if (known)
		put_object(sandbox, name, json_object_get(object));
	json_object_put(entry);
	return known;
}

static void
replay(struct sandbox *sandbox, FILE *journal)
{
	char  *line = NULL;
	size_t room = 0;

	while (getline(&line, &room, journal) > 0)
		if (*line != '\n' && !replay_line(sandbox, line))
			log_warning("skipped an unreadable line of the journal");
	free(line);
}

bool
state_open(struct sandbox *sandbox, const char *file)
{
	FILE *old;

	sandbox->tables = json_object_new_object();
	sandbox->running_keys = json_object_new_object();
	sandbox->journal = -1;
	if (file == NULL || *file == '\0')
		return true;
	old = fopen(file, "re");
	if (old != NULL) {
		replay(sandbox, old);
		fclose(old);
	}
	sandbox->journal = open(file, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
	if (sandbox->journal < 0)
		fprintf(stderr, "haat-sandbox: cannot open '%s': %s\n", file, strerror(errno));
	else if (lseek(sandbox->journal, 0, SEEK_END) > 0 && write(sandbox->journal, "\n", 1) != 1)
		log_error("cannot write the journal", LOG_TEXT("cause", strerror(errno)));
	return sandbox->journal >= 0;
}

void
state_close(struct sandbox *sandbox)
{
	json_object_put(sandbox->tables);
	json_object_put(sandbox->running_keys);
	if (sandbox->journal >= 0)
		close(sandbox->journal);
}

void
state_clear(struct sandbox *sandbox)
{
	json_object_put(sandbox->tables);
	sandbox->tables = json_object_new_object();
	if (sandbox->journal >= 0 && ftruncate(sandbox->journal, 0) != 0)
		log_error("cannot empty the journal", LOG_TEXT("cause", strerror(errno)));
}

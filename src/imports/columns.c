/* The cells of CSV files become what a body in JSON would say. */
#include "imports/columns.h"

#include "base/arena.h"
#include "base/csv.h"
#include "base/shape.h"

#include <errno.h>
#include <json-c/json.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

const struct import_column import_columns[IMPORT_COLUMNS] = {
	{ "slug", "slug", false, CELL_NULLABLE },
	{ "name", "name", false, CELL_TEXT },
	{ "description", "description", false, CELL_ANY_TEXT },
	{ "category", "category", false, CELL_TEXT },
	{ "category_id", "category_id", false, CELL_TEXT },
	{ "brand", "brand", false, CELL_NULLABLE },
	{ "brand_id", "brand_id", false, CELL_NULLABLE },
	{ "merchant_id", "merchant_id", false, CELL_TEXT },
	{ "price", "price", false, CELL_TEXT },
	{ "compare_at_price", "compare_at_price", false, CELL_NULLABLE },
	{ "cost_price", "cost_price", false, CELL_NULLABLE },
	{ "currency", "currency", false, CELL_TEXT },
	{ "tax_class", "tax_class", false, CELL_TEXT },
	{ "status", "status", false, CELL_TEXT },
	{ "is_featured", "is_featured", false, CELL_BOOLEAN },
	{ "options", "options", false, CELL_JSON },
	{ "images", "images", false, CELL_IMAGES },
	{ "specs", "specs", false, CELL_PAIRS },
	{ "metadata", "metadata", false, CELL_PAIRS },
	{ "delete_missing_variants", "delete_missing_variants", false, CELL_BOOLEAN },
	{ "sku", "sku", true, CELL_TEXT },
	{ "variant_price", "price", true, CELL_NULLABLE },
	{ "variant_options", "options", true, CELL_PAIRS },
	{ "barcode", "barcode", true, CELL_NULLABLE },
	{ "weight_grams", "weight_grams", true, CELL_NULLABLE_NUMBER },
	{ "on_hand", "on_hand", true, CELL_NUMBER },
};

int
import_column_named(char *name)
{
	csv_fold_name(name);
	for (int i = 0; i < IMPORT_COLUMNS; i++)
		if (strcmp(import_columns[i].name, name) == 0)
			return i;
	return -1;
}

static struct json_object *
number_of(const char *cell)
{
	char     *end;
	long long value;

	errno = 0;
	value = strtoll(cell, &end, 10);
	return errno == 0 && *end == '\0' ? json_object_new_int64(value) : json_object_new_string(cell);
}

static struct json_object *
boolean_of(const char *cell)
{
	static const char *const yes[] = { "true", "yes", "1" }, *const no[] = { "false", "no", "0" };

	for (size_t i = 0; i < sizeof yes / sizeof *yes; i++)
		if (strcasecmp(cell, yes[i]) == 0 || strcasecmp(cell, no[i]) == 0)
			return json_object_new_boolean(strcasecmp(cell, yes[i]) == 0);
	return json_object_new_string(cell);
}

/* A trimmed part of a text. */
static const char *
part(struct arena *arena, const char *from, size_t length)
{
	while (length > 0 && *from == ' ') {
		from++;
		length--;
	}
	while (length > 0 && from[length - 1] == ' ')
		length--;
	return arena_copy(arena, from, length);
}

/* "size=M; colour=red"; NULL when a part has no name. */
static struct json_object *
pairs_of(struct arena *arena, const char *cell)
{
	struct json_object *pairs = json_object_new_object();

	while (*cell != '\0') {
		size_t      length = strcspn(cell, ";");
		const char *middle = memchr(cell, '=', length);

		if (middle == NULL) {
			json_object_put(pairs);
			return NULL;
		}
		json_object_object_add(pairs, part(arena, cell, (size_t)(middle - cell)),
		    json_object_new_string(part(arena, middle + 1, (size_t)(cell + length - middle - 1))));
		cell += length + (cell[length] == ';');
	}
	return pairs;
}

static struct json_object *
images_of(struct arena *arena, const char *cell)
{
	struct json_object *images = json_object_new_array();

	for (cell += strspn(cell, " \r\n\t"); *cell != '\0'; cell += strspn(cell, " \r\n\t")) {
		size_t              length = strcspn(cell, " \r\n\t");
		struct json_object *image = json_object_new_object();

		json_object_object_add(image, "url", json_object_new_string(arena_copy(arena, cell, length)));
		json_object_array_add(images, image);
		cell += length;
	}
	return images;
}

/* JSON that the arena owns; a further reference belongs to whom it is added to. */
static struct json_object *
json_of(struct arena *arena, const char *cell)
{
	return json_object_get(json_read(arena, cell, strlen(cell)));
}

static struct json_object *
structure_of(struct arena *arena, enum cell_kind kind, const char *cell)
{
	if (kind == CELL_PAIRS && cell[0] != '{')
		return pairs_of(arena, cell);
	if (kind == CELL_IMAGES && cell[0] != '[')
		return images_of(arena, cell);
	return json_of(arena, cell);
}

static void
take_empty(const struct import_column *column, struct json_object *into)
{
	if (column->kind == CELL_NULLABLE || column->kind == CELL_NULLABLE_NUMBER)
		json_object_object_add(into, column->member, NULL);
	else if (column->kind == CELL_ANY_TEXT)
		json_object_object_add(into, column->member, json_object_new_string(""));
}

const char *
import_cell(struct arena *arena, const struct import_column *column, const char *cell, struct json_object *into)
{
	struct json_object *value = NULL;

	cell = csv_plain(cell);
	if (*cell == '\0') {
		take_empty(column, into);
		return NULL;
	}
	switch (column->kind) {
	case CELL_NUMBER:
	case CELL_NULLABLE_NUMBER:
		value = number_of(cell);
		break;
	case CELL_BOOLEAN:
		value = boolean_of(cell);
		break;
	case CELL_JSON:
	case CELL_PAIRS:
	case CELL_IMAGES:
		value = structure_of(arena, column->kind, cell);
		if (value == NULL)
			return "is not valid JSON";
		break;
	case CELL_TEXT:
	case CELL_NULLABLE:
	case CELL_ANY_TEXT:
		value = json_object_new_string(cell);
		break;
	}
	json_object_object_add(into, column->member, value);
	return NULL;
}

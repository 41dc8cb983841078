/*
 * Files of products: each is read to its end, every product begins behind the one before, and reading that begins anew behind any of
 * them goes on with the next, as a job does whose worker was killed.  What is no product of ours says why, at one of its own rows.
 */
#include "imports/rows.h"
#include "base/shape.h"
#include "catalog/product_body.h"
#include "tests/fuzz/fuzz.h"

#include <json-c/json.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

static bool
same_text(const char *one, const char *other)
{
	return one == NULL || other == NULL ? one == other : strcmp(one, other) == 0;
}

static const char *
json_of(const struct file_product *product)
{
	return product->json == NULL ? NULL : arena_string(fuzz_arena(), json_object_to_json_string(product->json));
}

static void
check_same(const struct file_product *one, const struct file_product *other)
{
	PROPERTY(one->row == other->row && one->rows == other->rows && one->number == other->number);
	PROPERTY(one->begins == other->begins && one->ends == other->ends);
	PROPERTY(same_text(one->fault, other->fault) && same_text(one->fault_member, other->fault_member));
	PROPERTY(same_text(json_of(one), json_of(other)));
}

static void
check_product(const struct rows *rows, const struct file_product *product)
{
	struct arena        *arena = fuzz_arena();
	struct product_body *body = ARENA_NEW(arena, struct product_body);
	struct faults        faults = { .count = 0 };

	PROPERTY((product->json == NULL) == (product->fault != NULL));
	if (product->json == NULL || shape_parse(&product_import_shape, product->json, arena, body, &faults))
		return;
	PROPERTY(faults.count > 0);
	for (size_t i = 0; i < faults.count; i++) {
		const char *column;
		int64_t     row;

		rows_place(rows, arena, product, faults.list[i].where, &row, &column);
		PROPERTY(row >= product->row && row <= product->number + 1 && column != NULL);
	}
}

/* The same with two readers, of which one begins anew before each product. */
static void
read_file(enum import_format format, int fd, int64_t bytes)
{
	struct rows         rows, anew;
	struct file_product product, again;
	int64_t             at, number, count;
	bool                found = true, found_again;

	PROPERTY(
	    rows_begin(&rows, fuzz_arena(), format, fd, bytes) == OK && rows_begin(&anew, fuzz_arena(), format, fd, bytes) == OK);
	PROPERTY(same_text(rows.fault, anew.fault));
	if (rows.fault != NULL)
		return;
	PROPERTY(rows_count(&anew, &count) == OK);
	for (at = rows.at, number = 0; found; at = product.ends, number = product.number) {
		rows_seek(&anew, at, number);
		PROPERTY(rows_next(&rows, &product, &found) == OK && rows_next(&anew, &again, &found_again) == OK);
		PROPERTY(found == found_again);
		if (!found)
			break;
		check_same(&product, &again);
		check_product(&rows, &product);
		PROPERTY(product.begins >= at && product.ends > product.begins && product.ends <= bytes);
		PROPERTY(product.number > number && product.number <= count);
	}
	PROPERTY(rows.number == count);
}

void
fuzz_one(const uint8_t *bytes, size_t length)
{
	int fd = memfd_create("import", MFD_CLOEXEC);

	PROPERTY(fd >= 0 && write(fd, bytes, length) == (ssize_t)length);
	read_file(IMPORT_CSV, fd, (int64_t)length);
	read_file(IMPORT_JSONL, fd, (int64_t)length);
	close(fd);
}

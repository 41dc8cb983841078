/* The demo shop's pictures: drawings of what its categories hold, kept as if somebody had uploaded them. */
#include "ops/seed.h"

#include "base/arena.h"
#include "base/encoding.h"
#include "base/log.h"
#include "media/content.h"
#include "media/jobs.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

enum { COLOURINGS = 3, SHOWN = 2, PICTURE_BYTES_MAX = 1 << 20, PICTURES_MAX = SEED_CATEGORIES * COLOURINGS };

/* A picture is a drawing of one category in one colouring: category * COLOURINGS + colouring. */
static struct uuid
picture_id(const struct seed *seed, int picture)
{
	return seed_id(seed, SEED_PICTURE, (uint64_t)picture, seed_opening(), (unsigned)picture);
}

/* The n-th of those that a product shows. */
static int
picture_of(const struct seed *seed, int64_t product, int n)
{
	return seed_leaf(seed, product) * COLOURINGS + (int)((product + n) % COLOURINGS);
}

static const struct problem *
cannot(const char *what, const char *path)
{
	log_error(what, LOG_ID("file", path), LOG_TEXT("cause", strerror(errno)));
	return problem(INTERNAL, "the pictures of the demo shop cannot be kept");
}

static const struct problem *
read_picture(const char *path, char *bytes, size_t *length, struct content *content)
{
	int     fd = open(path, O_RDWR | O_CLOEXEC);
	ssize_t got = fd < 0 ? -1 : read(fd, bytes, PICTURE_BYTES_MAX);
	bool    taken = got > 0 && content_read(fd, got, content) == NULL && content->kind == MEDIA_IMAGE;

	if (fd >= 0)
		close(fd);
	if (!taken)
		return cannot("cannot read a picture", path);
	*length = (size_t)got;
	return OK;
}

static const struct problem *
write_original(const char *path, const char *bytes, size_t length)
{
	int  fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	bool written = fd >= 0 && write(fd, bytes, length) == (ssize_t)length && fsync(fd) == 0;

	if (fd >= 0)
		close(fd);
	return written ? OK : cannot("cannot keep a picture", path);
}

static const struct problem *
keep_picture(const struct seed *seed, const char *directory, int picture, char *bytes, struct media_row *row)
{
	struct arena  *arena = seed->work->arena;
	unsigned char *digest = ARENA_ARRAY(arena, 32, unsigned char);
	const char    *path = arena_format(
	       arena, "%s/%s-%d.webp", directory, seed_category_slug(seed, picture / COLOURINGS), picture % COLOURINGS + 1);
	struct content content;
	size_t         length = 0;

	TRY(read_picture(path, bytes, &length, &content));
	*row = (struct media_row) { .id = { picture_id(seed, picture) },
		.kind = MEDIA_IMAGE,
		.status = MEDIA_PENDING,
		.type = content.type,
		.widths = "",
		.sha256 = { digest, 32 } };
	row->bytes = ARENA_NEW(arena, int64_t);
	row->width = ARENA_NEW(arena, int64_t);
	row->height = ARENA_NEW(arena, int64_t);
	*row->bytes = (int64_t)length;
	*row->width = content.width;
	*row->height = content.height;
	sha256(bytes, length, digest);
	return write_original(media_original(seed->work, row->id), bytes, length);
}

static void
add_uses(const struct seed *seed, struct batch *uses, int64_t *counts)
{
	for (int64_t product = 0; product < seed->products; product++)
		for (int n = 0; n < SHOWN; n++) {
			int picture = picture_of(seed, product, n);

			BATCH_ADD(uses, P(seed_product_id(seed, product)), P(n), P(picture_id(seed, picture)),
			    P(seed_categories[picture / COLOURINGS].name));
			counts[picture]++;
		}
}

static const struct problem *
write_pictures(const struct seed *seed, const char *directory)
{
	struct work      *work = seed->work;
	char             *bytes = arena_alloc(work->arena, PICTURE_BYTES_MAX);
	struct media_row *rows = ARENA_ARRAY(work->arena, PICTURES_MAX, struct media_row);
	int64_t           counts[PICTURES_MAX] = { 0 };
	size_t            n = 0;
	struct batch      batches[] = {
		     batch_new(work->arena,
			 "INSERT INTO media (id, kind, type, sha256, bytes, width, height, uses) VALUES [(?, 'image', ?, ?, ?, ?, ?, ?)]",
			 7),
		     batch_new(work->arena,
			 "INSERT INTO media_uses (subject_kind, subject_id, position, media_id, alt) VALUES [('product', ?, ?, ?, ?)]",
			 4),
	};

	add_uses(seed, &batches[1], counts);
	for (int picture = 0; picture < PICTURES_MAX; picture++) {
		struct media_row *row = &rows[n];

		if (counts[picture] == 0)
			continue;
		TRY(keep_picture(seed, directory, picture, bytes, row));
		BATCH_ADD(&batches[0], P(row->id), P(row->type), P(row->sha256), P(row->bytes), P(row->width), P(row->height),
		    P(counts[picture]));
		n++;
	}
	transaction_witness(work, "SELECT COUNT(*) FROM media WHERE id = ?", rows[0].id.uuid);
	TRY(batches_add(work, batches, 2));
	return queue_sizes(work, rows, n);
}

const struct problem *
seed_pictures(const struct seed *seed, const char *directory)
{
	int64_t there;

	TRY(db_value(seed->work->db, &there, "SELECT COUNT(*) FROM media_uses WHERE subject_kind = 'product' AND subject_id = ?",
	    P(seed_product_id(seed, 0))));
	return there > 0 ? OK : db_transaction(seed->work, write_pictures(seed, directory));
}

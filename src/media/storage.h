/*
 * storage.h: where what is shown of pictures and videos lies.
 *
 * Putting a file there that is there already is no harm, nor is removing one that is not: jobs do both again after an
 * interruption.  Jobs alone put and remove, outside of transactions.
 */
#ifndef MEDIA_STORAGE_H
#define MEDIA_STORAGE_H

#include "media/file.h"

struct stored_file {
	const char *name; /* media_file_name */
	const char *type;
};

struct storage {
	/*
	 * Store the file of that path, which may be gone afterwards.  STORAGE_FULL, INTERNAL: try again; NOT_READY (AGAIN_WAITS)
	 * while a store outside is away or refuses our settings.
	 */
	const struct problem *(*put)(struct work *work, const char *path, const struct stored_file *file);

	/* The same problems. */
	const struct problem *(*remove)(struct work *work, const struct stored_file *file);

	/* What the store outside calls the file; NULL: it lies with us. */
	const char *(*public_id)(struct work *work, const struct stored_file *file);

	/* Where files are served, without the slash at the end: what media.public_url stands in for. */
	const char *(*base_url)(const struct config *config, struct arena *arena);

	/* The file's path below that. */
	const char *(*path)(struct work *work, const struct stored_file *file);
};

extern const struct storage *const media_storages[]; /* by enum media_storage */

extern const struct storage storage_local, storage_s3, storage_cloudinary;

#endif

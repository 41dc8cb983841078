/*
 * storage.h: where what is shown of pictures and videos lies.
 *
 * Putting a file there that is there already is no harm, nor is removing one that is not: jobs do both again after an
 * interruption.  Jobs alone call these, outside of transactions.
 */
#ifndef MEDIA_STORAGE_H
#define MEDIA_STORAGE_H

#include "media/file.h"

struct stored_file {
	const char *name; /* media_file_name */
	const char *type;
};

struct storage {
	/* Store the file of that path, which may be gone afterwards.  STORAGE_FULL, PROVIDER_UNAVAILABLE, INTERNAL: try again. */
	const struct problem *(*put)(struct work *work, const char *path, const struct stored_file *file);

	/* The same problems. */
	const struct problem *(*remove)(struct work *work, const struct stored_file *file);

	/* What stands before a file's name and a slash in its URL; media.public_url goes before it. */
	const char *(*base_url)(struct work *work, const char *type);
};

extern const struct storage *const media_storages[]; /* by enum media_storage */

extern const struct storage storage_local;

#endif

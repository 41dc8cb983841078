/* A folder that nginx serves. */
#include "base/arena.h"
#include "base/config.h"
#include "base/log.h"
#include "media/storage.h"

#include <errno.h>
#include <libgen.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

enum { FOLDER_MODE = 0755, FILE_MODE = 0644 };

static const struct problem *
cannot(const char *what, const char *path)
{
	bool full = errno == ENOSPC || errno == EDQUOT;

	log_error(
	    "cannot store or remove a picture", LOG_ID("file", path), LOG_TEXT("step", what), LOG_TEXT("cause", strerror(errno)));
	return full ? problem(STORAGE_FULL, "there is no room left for pictures")
		    : problem(INTERNAL, "pictures cannot be stored");
}

/* The programs' mask takes from everybody what nginx, another user, needs. */
static const struct problem *
put(struct work *work, const char *path, const struct stored_file *file)
{
	const char *to = arena_format(work->arena, "%s/%s", work->config->media.directory, file->name);
	const char *folder = dirname(arena_string(work->arena, to));

	if (mkdir(folder, FOLDER_MODE) != 0 && errno != EEXIST)
		return cannot("make folder", folder);
	if (chmod(folder, FOLDER_MODE) != 0 || chmod(path, FILE_MODE) != 0)
		return cannot("set mode", path);
	return rename(path, to) == 0 ? OK : cannot("rename", to);
}

static const struct problem *
remove_file(struct work *work, const struct stored_file *file)
{
	const char *path = arena_format(work->arena, "%s/%s", work->config->media.directory, file->name);

	return unlink(path) == 0 || errno == ENOENT ? OK : cannot("remove", path);
}

static const char *
no_public_id(struct work *work, const struct stored_file *file)
{
	(void)work;
	(void)file;
	return NULL;
}

static const char *
base_url(const struct config *config, struct arena *arena)
{
	(void)config;
	(void)arena;
	return "/media";
}

static const char *
path_of(struct work *work, const struct stored_file *file)
{
	(void)work;
	return file->name;
}

const struct storage storage_local = { put, remove_file, no_public_id, base_url, path_of };

const struct storage *const media_storages[] = {
	[MEDIA_LOCAL] = &storage_local, [MEDIA_S3] = &storage_s3, [MEDIA_CLOUDINARY] = &storage_cloudinary
};

/*
 * fetch.h: a picture that is given by its address.
 */
#ifndef MEDIA_FETCH_H
#define MEDIA_FETCH_H

#include "media/file.h"

/*
 * Fetch the picture of row->source_url and keep it as if it had been uploaded, with the same bounds; the row is told of it and
 * filled.  Only public addresses are connected to (net/target.h), at redirections too.  VALIDATION_FAILED, no use to try again, when
 * what is there is no picture that we take; PROVIDER_UNAVAILABLE, STORAGE_FULL, INTERNAL.  Not inside a transaction.
 */
const struct problem *fetch_media(struct work *work, struct media_row *row);

#endif

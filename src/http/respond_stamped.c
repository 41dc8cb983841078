/*
 * Answers that memcached may hold (store/stamped.h): sent as they are, plain or packed; 304 from the stamps alone.
 *
 * The tag is the document's stamps, behind the maker's label: "9be1c2d4-7.0123456789abcdef", so that a client's tag is known by
 * its end.  A document that was not kept has the checksum of its bytes in that place.
 */
#include "http/request.h"

#include "base/text.h"
#include "http/entity_tag.h"
#include "base/metrics.h"
#include "store/stamped.h"

#include <string.h>
#include <zlib.h>

enum { ENCODING_MAX = 32 };

static bool
quality_is_zero(const char *parameters, size_t length)
{
	const char *end = parameters + length, *quality = memmem(parameters, length, "q=", 2);

	if (quality == NULL)
		return false;
	for (quality += 2; quality < end && (*quality == '0' || *quality == '.'); quality++)
		;
	return quality == end || *quality == ' ' || *quality == '\t';
}

/* "gzip" or "x-gzip" among the encodings, of a quality above 0 (RFC 9110 12.5.3). */
static bool
takes_gzip(const char *header)
{
	while (header != NULL && *header != '\0') {
		const char *item = header + strspn(header, " \t,");
		size_t      length = strcspn(item, ","), name = strcspn(item, " \t;,");

		if (((name == 4 && strncasecmp(item, "gzip", 4) == 0) || (name == 6 && strncasecmp(item, "x-gzip", 6) == 0)) &&
		    !quality_is_zero(item + name, length - name))
			return true;
		header = item + length;
	}
	return false;
}

/* What is packed has a weak tag, as nginx makes of the tag of what it packs. */
static const char *
make_etag(struct arena *arena, const struct stamped *document, const char *tag)
{
	return arena_format(
	    arena, "%s\"%s%s%s\"", document->packed ? "W/" : "", document->label, *document->label == '\0' ? "" : ".", tag);
}

static const struct problem *
not_modified(struct request *request, const char *etag)
{
	respond_header(request, "Vary", "Accept-Encoding");
	request->etag = etag;
	request->status = 304;
	request->answered = true;
	return OK;
}

/* Does the client have what the stamps of now stand for? */
static const char *
unchanged_tag(struct request *request, const struct stamped_key *key, const char *wanted)
{
	const char *tag, *named;

	if (wanted == NULL || request->method != GET || !etag_may_end_in(wanted, STAMPED_TAG_LENGTH))
		return NULL;
	tag = stamped_tag(request->work, key);
	named = tag == NULL ? NULL : etag_that_ends_in(request->work->arena, wanted, tag);
	if (named != NULL)
		metric_add(METRIC_DOCUMENTS, DOCUMENT_UNCHANGED, 0, 1);
	return named;
}

const struct problem *
respond_stamped(struct request *request, const struct stamped_key *key, stamped_maker *make, void *argument)
{
	struct arena  *arena = request->work->arena;
	const char    *wanted = request_header(request, "HTTP_IF_NONE_MATCH"), *named, *tag;
	struct stamped document;

	if ((named = unchanged_tag(request, key, wanted)) != NULL)
		return not_modified(request, named);
	TRY(stamped_read(
	    request->work, key, takes_gzip(request_header(request, "HTTP_ACCEPT_ENCODING")), make, argument, &document));
	tag = document.tag != NULL
	    ? document.tag
	    : arena_format(arena, "%08lx", crc32(0, (const unsigned char *)document.bytes, (unsigned)document.length));
	request->etag = make_etag(arena, &document, tag);
	if (wanted != NULL && request->method == GET && etag_is_listed(wanted, request->etag + (document.packed ? 2 : 0)))
		return not_modified(request, request->etag);
	if (document.packed) {
		respond_header(request, "Content-Encoding", "gzip");
		respond_header(request, "Vary", "Accept-Encoding"); /* which nginx says of what it may pack itself */
	}
	if (request->route->answer_type != NULL)
		return respond_text(request, request->route->answer_type, document.bytes, document.length);
	return respond_json(request, document.bytes, document.length);
}

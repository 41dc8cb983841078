/* The pictures of products. */
#include "catalog/catalog.h"
#include "catalog/document.h"
#include "catalog/product_write.h"
#include "catalog/shown.h"
#include "base/text.h"
#include "events/job.h"
#include "events/record.h"
#include "media/receive.h"
#include "store/db.h"

/* What the column of a product has: the pictures as answers show them now. */
static const char *
images_json(struct arena *arena, const struct media_list *list)
{
	struct text text = text_new(arena, 1024);

	shape_print_array(&media_shape, list->media, list->n, &text);
	return text.bytes;
}

static const struct problem *
print_images(struct work *work, struct product_id product, const char **json)
{
	struct media_list *lists;

	TRY(media_of(work, MEDIA_OF_PRODUCT, &product.uuid, 1, &lists));
	*json = images_json(work->arena, &lists[0]);
	return OK;
}

/* A media row for each address that has none yet; what the product shows from there already stays. */
static const struct problem *
have_fetched(struct work *work, struct product_id product, const struct image_body *images, size_t count, struct media_use *uses)
{
	const char      **urls = ARENA_ARRAY(work->arena, count, const char *);
	struct media_id **shown, *ids = ARENA_ARRAY(work->arena, count, struct media_id);
	size_t            n = 0, n_urls = 0;

	for (size_t i = 0; i < count; i++)
		if (images[i].id == NULL)
			urls[n_urls++] = images[i].url;
	TRY(media_shown_from(work, MEDIA_OF_PRODUCT, product.uuid, urls, n_urls, &shown));
	for (size_t i = 0; i < n_urls; i++)
		if (shown[i] == NULL)
			urls[n++] = urls[i];
	TRY(media_fetch_later(work, urls, n, ids));
	for (size_t i = 0, next = 0, fresh = 0; i < count; i++) {
		const struct media_id *id = images[i].id != NULL ? images[i].id : shown[next++];

		uses[i] = (struct media_use) { id != NULL ? *id : ids[fresh++], images[i].alt };
	}
	return OK;
}

const struct problem *
receive_images(struct work *work, const struct upload *files, size_t n, struct product_body *body)
{
	struct image_body *images = ARENA_ARRAY(work->arena, body->n_images + n, struct image_body);
	struct media      *media;

	if (body->n_images + n > IMAGES_MAX)
		return problem_at(work->arena, PROBLEM_VALIDATION_FAILED, "images", "are more than a product may have");
	TRY(media_receive(work, files, n, "images", &media));
	for (size_t i = 0; i < body->n_images; i++)
		images[i] = body->images[i];
	for (size_t i = 0; i < n; i++)
		images[body->n_images + i] = (struct image_body) { .id = &media[i].id };
	body->images = images;
	body->n_images += n;
	return OK;
}

const struct problem *
attach_images(struct work *work, struct product_id product, const struct image_body *images, size_t count, const char **json)
{
	struct media_use *uses = ARENA_ARRAY(work->arena, count, struct media_use);

	TRY(have_fetched(work, product, images, count, uses));
	TRY(media_attach(work, MEDIA_OF_PRODUCT, product.uuid, "images", uses, count));
	return print_images(work, product, json);
}

static struct media_use *
uses_of(struct arena *arena, const struct product_body *body)
{
	struct media_use *uses = ARENA_ARRAY(arena, body->n_images, struct media_use);

	for (size_t i = 0; i < body->n_images; i++) {
		const struct image_body *image = &body->images[i];

		uses[i] = (struct media_use) { .alt = image->alt, .url = image->id == NULL ? image->url : NULL };
		if (image->id != NULL)
			uses[i].id = *image->id;
	}
	return uses;
}

const struct problem *
attach_new_images(struct work *work, struct new_product *products, size_t count, const struct problem **refused)
{
	struct media_showing *showing = ARENA_ARRAY(work->arena, count, struct media_showing);
	struct uuid          *ids = ARENA_ARRAY(work->arena, count, struct uuid);
	size_t               *places = ARENA_ARRAY(work->arena, count, size_t), n = 0;
	struct media_list    *lists;

	for (size_t i = 0; i < count; i++) {
		refused[i] = OK;
		if (products[i].body->n_images == 0)
			continue;
		places[n] = i;
		ids[n] = products[i].id.uuid;
		showing[n] = (struct media_showing) { .subject = products[i].id.uuid,
			.uses = uses_of(work->arena, products[i].body),
			.n = products[i].body->n_images };
		n++;
	}
	TRY(media_attach_new(work, MEDIA_OF_PRODUCT, "images", showing, n));
	TRY(media_of(work, MEDIA_OF_PRODUCT, ids, n, &lists));
	for (size_t i = 0; i < n; i++) {
		refused[places[i]] = showing[i].refused;
		products[places[i]].images = images_json(work->arena, &lists[i]);
	}
	return OK;
}

enum { SHOWN_AT_MOST = 1000 };

struct showing_product {
	struct product_id id;
};

static const struct member showing_product_members[] = {
	M_ID(struct showing_product, id, "id", .column = "subject_id"),
};
SHAPE(struct showing_product, showing_product_shape, "ShowingProduct", showing_product_members);

/* The product first, as in every change of it, and its pictures as they are then. */
static const struct problem *
renew_product(struct work *work, struct product_id product)
{
	const char *json;
	int64_t     found;

	TRY(db_value(work->db, &found, "SELECT 1 FROM products WHERE id = ? FOR UPDATE", P(product)));
	TRY(print_images(work, product, &json));
	TRY(db_run(
	    work->db, &found, "UPDATE products SET images = ? WHERE id = ? AND images <> ?", P(json), P(product), P(json)));
	if (found == 0)
		return OK;
	catalog_changed(work, &product, 1);
	return mark_documents(work, "p.id = ?", P(product));
}

static const struct problem *
renew_showing(struct work *work, struct uuid product)
{
	return renew_product(work, (struct product_id) { product });
}

const struct problem *
renew_images(struct work *work)
{
	return media_renew(work, MEDIA_OF_PRODUCT, renew_showing);
}

/* They were printed without it. */
const struct problem *
show_media_job(struct work *work, const struct job *job)
{
	struct event_notice     notice;
	struct showing_product *products;
	int64_t                 logos;
	size_t                  n;

	TRY(job_payload(work, job, &event_notice_shape, &notice));
	TRY(db_rows(work->db, &showing_product_shape, SHOWN_AT_MOST, &products, &n,
	    "SELECT {u} FROM media_uses u WHERE u.media_id = ? AND u.subject_kind = 'product' LIMIT ?", P(notice.aggregate),
	    P(SHOWN_AT_MOST)));
	for (size_t i = 0; i < n; i++)
		TRY(renew_product(work, products[i].id));
	/* A shop's page is kept by its name, and by names that it had: all are made anew. */
	TRY(db_value(work->db, &logos,
	    "SELECT EXISTS (SELECT 1 FROM media_uses u WHERE u.media_id = ? AND u.subject_kind = 'merchant')",
	    P(notice.aggregate)));
	if (logos > 0)
		shown_all_changed(work);
	return OK;
}

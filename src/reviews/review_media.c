/* What reviews show: see review.h. */
#include "reviews/review.h"
#include "reviews/reviews.h"

#include "base/text.h"
#include "catalog/catalog.h"
#include "events/job.h"
#include "media/media.h"
#include "store/db.h"

/* As answers show it now. */
static const struct problem *
print_media(struct work *work, struct review_id id)
{
	struct text        json = text_new(work->arena, 256);
	struct media_list *lists;

	TRY(media_of(work, MEDIA_OF_REVIEW, &id.uuid, 1, &lists));
	shape_print_array(&media_shape, lists[0].media, lists[0].n, &json);
	return db_run(
	    work->db, NULL, "UPDATE reviews SET images = ?, updated_at = updated_at WHERE id = ?", P(json.bytes), P(id));
}

const struct problem *
attach_review_media(struct work *work, struct review_id id, const char *const *ids, size_t n)
{
	struct media_use *uses;

	TRY(media_uses_read(work, "media", ids, n, &uses));
	TRY(media_attach(work, MEDIA_OF_REVIEW, id.uuid, "media", uses, n));
	return print_media(work, id);
}

struct showing_review {
	struct review_id  id;
	struct product_id product;
};

static const struct member showing_review_members[] = {
	M_ID(struct showing_review, id, "id"),
	M_ID(struct showing_review, product, "product_id"),
};
SHAPE(struct showing_review, showing_review_shape, "ShowingReview", showing_review_members);

static const struct problem *
show(struct work *work, const struct showing_review *review)
{
	TRY(catalog_lock(work, review->product));
	TRY(print_media(work, review->id));
	return settle_product(work, review->product, 0, 0);
}

/* Its review and that one's product were printed without it; a file of somebody's is in one review, or few. */
const struct problem *
show_review_media_job(struct work *work, const struct job *job)
{
	enum { SHOWN_AT_MOST = 100 };
	struct event_notice    notice;
	struct showing_review *reviews;
	size_t                 n;

	TRY(job_payload(work, job, &event_notice_shape, &notice));
	TRY(db_rows(work->db, &showing_review_shape, SHOWN_AT_MOST, &reviews, &n,
	    "SELECT {r} FROM media_uses u JOIN reviews r ON r.id = u.subject_id "
	    "WHERE u.media_id = ? AND u.subject_kind = 'review' ORDER BY r.product_id LIMIT ?",
	    P(notice.aggregate), P(SHOWN_AT_MOST)));
	for (size_t i = 0; i < n; i++)
		TRY(show(work, &reviews[i]));
	return OK;
}

static const struct problem *
renew(struct work *work, struct uuid id)
{
	struct showing_review *review;

	TRY(db_row(work->db, &showing_review_shape, &review, "SELECT {r} FROM reviews r WHERE r.id = ?", P(id)));
	return review == NULL ? OK : show(work, review);
}

const struct problem *
renew_review_media(struct work *work)
{
	return media_renew(work, MEDIA_OF_REVIEW, renew);
}

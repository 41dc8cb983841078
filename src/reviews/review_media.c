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
	for (size_t i = 0; i < n; i++) {
		TRY(catalog_lock(work, reviews[i].product));
		TRY(print_media(work, reviews[i].id));
		TRY(settle_product(work, reviews[i].product, 0, 0));
	}
	return OK;
}

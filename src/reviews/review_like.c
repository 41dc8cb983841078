/* Likes of reviews: see review.h. */
#include "reviews/review.h"

#include "store/db.h"

/* One account's likes come one after the other, as all that is written of a product: what was read under its lock still holds. */
const struct problem *
like_review(struct work *work, struct review_id id, bool like, struct review **review)
{
	TRY(lock_review(work, id, review));
	if ((*review)->liked == like)
		return OK;
	if (like)
		TRY(db_run(
		    work->db, NULL, "INSERT INTO review_likes (review_id, user_id) VALUES (?, ?)", P(id), P(work->viewer.user)));
	else
		TRY(db_run(
		    work->db, NULL, "DELETE FROM review_likes WHERE review_id = ? AND user_id = ?", P(id), P(work->viewer.user)));
	TRY(db_run(work->db, NULL, "UPDATE reviews SET likes_count = likes_count + ?, updated_at = updated_at WHERE id = ?",
	    P(like ? 1 : -1), P(id)));
	TRY(settle_product(work, (*review)->product, 0, 0));
	return read_review(work, id, review);
}

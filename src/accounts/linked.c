#include "accounts/linked.h"

#include "accounts/api_keys.h"
#include "base/arena.h"
#include "events/audit.h"
#include "store/db.h"

const char *const identity_issuer_values[] = { "google", "firebase", NULL };

/* The other side's name of somebody is left out: it would be personal. */
static const struct member linked_identity_members[] = {
	M_ID(struct linked_identity, id, "id"),
	M_ENUM(struct linked_identity, issuer, "issuer", identity_issuer_values, .description = "Firebase: by a phone number."),
	M_TIME(struct linked_identity, created_at, "created_at"),
};
SHAPE_SHARED(struct linked_identity, linked_identity_shape, "LinkedIdentity", linked_identity_members, .noun = "identity");

/* What the audit tells of one. */
struct told {
	int issuer;
};
static const struct member told_members[] = { M_ENUM(struct told, issuer, "issuer", identity_issuer_values) };
SHAPE(struct told, told_shape, "Identity", told_members);

const struct problem *
link_identity(struct work *work, const struct identity *identity, struct user_id user)
{
	const struct told told = { (int)identity->issuer };

	TRY(db_run(work->db, NULL, "INSERT INTO user_identities (id, user_id, issuer, subject) VALUES (?, ?, ?, ?)",
	    P(uuid_new()), P(user), P(identity_issuer_values[identity->issuer]), P(identity->subject)));
	return audit_record(work, "user.identity_linked", "user", user.uuid, &told_shape, NULL, &told);
}

const struct problem *
list_identities(struct work *work, struct linked_identity **identities, size_t *count)
{
	return db_rows(work->db, &linked_identity_shape, IDENTITIES_SHOWN, identities, count,
	    "SELECT {} FROM user_identities WHERE user_id = ? ORDER BY id DESC LIMIT ?", P(work->viewer.user),
	    P(IDENTITIES_SHOWN));
}

/* All that the user has of the issuer; NULL: of each. */
static const struct problem *
unlink_of(struct work *work, struct user_id user, const char *issuer)
{
	struct linked_identity *rows;
	struct audited         *audited;
	struct told            *told;
	size_t                  count;

	TRY(db_rows(work->db, &linked_identity_shape, IDENTITIES_SHOWN, &rows, &count,
	    "SELECT {} FROM user_identities WHERE user_id = ? AND issuer = IFNULL(?, issuer) ORDER BY id LIMIT ?", P(user),
	    P(issuer), P(IDENTITIES_SHOWN)));
	if (count == 0)
		return OK;
	TRY(db_run(
	    work->db, NULL, "DELETE FROM user_identities WHERE user_id = ? AND issuer = IFNULL(?, issuer)", P(user), P(issuer)));
	told = ARENA_ARRAY(work->arena, count, struct told);
	audited = ARENA_ARRAY(work->arena, count, struct audited);
	for (size_t i = 0; i < count; i++) {
		told[i].issuer = rows[i].issuer;
		audited[i] = (struct audited) { user.uuid, &told[i], NULL };
	}
	return audit_record_many(work, "user.identity_unlinked", "user", &told_shape, audited, count);
}

const struct problem *
unlink_number(struct work *work, struct user_id user)
{
	return unlink_of(work, user, identity_issuer_values[IDENTITY_FIREBASE]);
}

static const struct problem *
forget_proof_of_number(struct work *work, struct user_id user)
{
	return db_run(work->db, NULL, "UPDATE users SET phone_verified = FALSE, updated_by = ? WHERE id = ? AND phone_verified",
	    P(acting_user(work)), P(user));
}

const struct problem *
remove_identity(struct work *work, struct uuid id)
{
	struct user_id          owner = work->viewer.user;
	struct linked_identity *linked;
	struct user            *user;
	struct told             told;

	TRY(db_one(work->db, &user_shape, &user, "SELECT {} FROM users WHERE id = ? FOR UPDATE", P(owner)));
	TRY(db_one(work->db, &linked_identity_shape, &linked,
	    "SELECT {} FROM user_identities WHERE id = ? AND user_id = ? FOR UPDATE", P(id), P(owner)));
	if (user->email == NULL)
		return problem(CONFLICT, "nothing else opens the account; give it an e-mail address first");
	TRY(db_run(work->db, NULL, "DELETE FROM user_identities WHERE id = ?", P(id)));
	if (linked->issuer == IDENTITY_FIREBASE)
		TRY(forget_proof_of_number(work, owner));
	told.issuer = linked->issuer;
	return audit_record(work, "user.identity_unlinked", "user", owner.uuid, &told_shape, &told, NULL);
}

const struct problem *
drop_other_ways_in(struct work *work, struct user_id user)
{
	TRY(unlink_of(work, user, NULL));
	TRY(forget_proof_of_number(work, user));
	return revoke_keys_of_user(work, user);
}

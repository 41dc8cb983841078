/*
 * mailbox.h: what the owner of an e-mail address can do by reading mail there: verify the address, move the account to another
 * one, and set a password without the old one.
 */
#ifndef MAILBOX_H
#define MAILBOX_H

#include "accounts/accounts.h"

struct job;

/* Have a letter sent that verifies the user's address; inside a transaction. */
const struct problem *ask_verification(struct work *work, const struct user *user);

/* The same for the viewer, who asks again; CONFLICT when the address is verified. */
const struct problem *ask_own_verification(struct work *work);

/*
 * Whoever has the token reads mail at its address: verify that, or move the account there; inside a transaction.  *user is as it
 * is then.  A move ends all other tokens, and the former address is told.  TOKEN_INVALID; EMAIL_TAKEN when the new address has come
 * to belong to another account.
 */
const struct problem *prove_email(struct work *work, const char *token, struct user **user);

/* The operator vouches for the address of the account: it counts as verified; inside a transaction.  NOT_FOUND. */
const struct problem *vouch_for_email(struct work *work, const char *email);

/*
 * Have a letter sent to `email` that moves the viewer's account there; inside a transaction.  Until then nothing changes.
 * VALIDATION_FAILED when it is the account's address; EMAIL_TAKEN.
 */
const struct problem *ask_email_change(struct work *work, const char *email);

/*
 * Have a letter sent that resets the password of the address's account, if there is one; inside a transaction.  Known and unknown
 * addresses take the same statements, so that neither answer nor time tells which it is; a job does the rest.
 */
const struct problem *ask_reset(struct work *work, const char *email);
const struct problem *ask_reset_job(struct work *work, const struct job *job);

/* Have a letter sent with which the user, who has no password, can set one; inside a transaction. */
const struct problem *ask_first_password(struct work *work, const struct user *user);

/*
 * Set the password of the token's account, whose address is verified by it; ends all its sessions and tokens, and its identities
 * and keys where the address was unproven until then.  Opens its own
 * transactions, because hashing takes long.  TOKEN_INVALID; VALIDATION_FAILED with every rule that the password breaks, and then
 * the token stays good.
 */
const struct problem *reset_password(struct work *work, const char *token, const char *password);

#endif

/*
 * unsubscribe.h: how who gets a letter that nobody has to get (struct letter, `news`) is rid of them, without signing in.
 *
 * The address is the same in all letters to a user and good for ever: it holds the user's id under the shop's seal, and can do
 * nothing but end the news.
 */
#ifndef UNSUBSCRIBE_H
#define UNSUBSCRIBE_H

#include "base/ids.h"
#include "base/problem.h"

struct work;

/* The page of the user's, and where their mail program posts to; `pages`: letter_told.pages. */
const char *unsubscribe_url(struct work *work, const char *pages, struct user_id user);

/* Whose token it is; NOT_FOUND when it is not one of ours. */
const struct problem *unsubscribe_user(struct work *work, const char *token, struct user_id *user);

#endif

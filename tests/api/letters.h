/* letters.h: what the running shop has written into its folder of letters. */
#ifndef LETTERS_H
#define LETTERS_H

#include "tests/api/shopping.h"

/* The letter's bytes, lines that were broken to be sent whole again; "" when it was not written. */
const char *letter_file(const char *mail);

/* The id of the newest letter of that kind about something, once it has that status. */
const char *wait_for_letter(const char *kind, const char *about, const char *status);

/* The token in the link of the newest letter of that kind about the user, once it is sent. */
const char *token_of_letter(const char *kind, const char *user);

/* Waits until the queue has no more letters about the thing to write. */
void wait_until_written(const char *about);

/* Runs a job of the lane, as if an event or a lost worker had brought it. */
void queue_mail_job(const char *kind, const char *payload);

#endif

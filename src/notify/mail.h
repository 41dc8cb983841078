/*
 * mail.h: one letter out of the house: to the mail server of config [mail], or into the folder of the development profile, as
 * one file DIRECTORY/UUID.eml a letter, whole or not there at all.
 */
#ifndef MAIL_H
#define MAIL_H

#include "net/smtp.h"
#include "notify/mail_message.h"

struct work;

/*
 * Write the message and hand it over; what became of it is in *reply.  A letter above config mail.message_bytes, or with an
 * address that is none, is SMTP_REFUSED; a folder that cannot be written, SMTP_UNAVAILABLE.
 */
void mail_hand_over(struct work *work, const struct mail_message *message, struct smtp_reply *reply);

#endif

/*
 * registration.h: what people type when they register and when they change their account: the members of bodies and of forms,
 * CUSTOMER_MEMBERS(struct form, body., true) where they stand in `body`.
 */
#ifndef REGISTRATION_H
#define REGISTRATION_H

#include "accounts/profile.h"

enum { PASSWORD_MAX = 200 };

/* Of a struct with `user`, a struct new_user, and `password_confirm`. */
#define CUSTOMER_MEMBERS(S, at, password_required) \
	M_TEXT(S, at user.email, "email", 254, .required = true, .min = 1, .format = FORMAT_EMAIL, \
	    .example = "\"amina@example.test\""), \
	    M_TEXT(S, at user.phone, "phone", 16, .required = true, .min = 1, .format = FORMAT_PHONE, \
		.example = "\"+8801700000001\"", .description = "E.164"), \
	    M_TEXT(S, at user.password, "password", PASSWORD_MAX, .required = (password_required), .min = 1, .verbatim = true, \
		.example = "\"Rickshaw-7-Bells\"", \
		.description = \
		    "8 characters to 72 bytes; upper and lower case, a digit and a special character; not common, and not similar to the e-mail address or name."), \
	    M_TEXT(S, at password_confirm, "password_confirm", PASSWORD_MAX, .required = (password_required), .min = 1, \
		.verbatim = true, .example = "\"Rickshaw-7-Bells\""), \
	    M_TEXT(S, at user.full_name, "full_name", 150, .required = true, .min = 1, .example = "\"Amina Khatun\"")

/* Of a struct with `shop`, a struct new_merchant. */
#define NEW_SHOP_MEMBERS(S, at) \
	M_TEXT(S, at shop.shop_name, "shop_name", 150, .required = true, .min = 1, .example = "\"Dhaka Bells\""), \
	    M_ENUM(S, at shop.business_type, "business_type", business_type_values, .required = true), \
	    M_TEXT(S, at shop.business_id, "business_id", 64, .required = true, .min = 1, .example = "\"BIN-000123\""), \
	    M_TEXT(S, at shop.gst_number, "gst_number", 32, .min = 1, .nullable = true, .example = "\"27AAPFU0939F1ZV\""), \
	    M_TEXT(S, at shop.currency, "currency", 3, .format = FORMAT_CURRENCY, .example = "\"BDT\"", \
		.description = "The currency of all the shop's prices; by default USD.")

/* Of a struct profile_change. */
#define PROFILE_MEMBERS(S, at) \
	M_TEXT(S, at full_name, "full_name", 150, .min = 1, .example = "\"Amina Khatun\""), \
	    M_TEXT(S, at phone, "phone", 16, .min = 1, .format = FORMAT_PHONE, .example = "\"+8801700000001\""), \
	    M_TEXT(S, at locale, "locale", 35, .min = 2, .example = "\"pt-BR\"", \
		.description = "Language of letters, a BCP 47 tag."), \
	    M_BOOLEAN( \
		S, at news, "news", .description = "Whether letters come that nobody has to get, as of what is back in stock.")

/* Of a struct with `change`, a struct password_change, and `password_confirm`. */
#define PASSWORD_MEMBERS(S, at) \
	M_TEXT(S, at change.old_password, "old_password", PASSWORD_MAX, .required = true, .min = 1, .verbatim = true, \
	    .example = "\"Rickshaw-7-Bells\""), \
	    M_TEXT(S, at change.password, "password", PASSWORD_MAX, .required = true, .min = 1, .verbatim = true, \
		.example = "\"Padma-River-42\""), \
	    M_TEXT(S, at password_confirm, "password_confirm", PASSWORD_MAX, .required = true, .min = 1, .verbatim = true, \
		.example = "\"Padma-River-42\"")

/* VALIDATION_FAILED at "password_confirm" unless it is the password, NULL: not given. */
const struct problem *check_confirmed(struct work *work, const char *password, const char *confirmed);

/* A shop sells in this currency unless it says another. */
#define SHOP_CURRENCY "USD"

#endif

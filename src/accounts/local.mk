libhaat_a_SOURCES += \
	src/accounts/accounts.h \
	src/accounts/address_routes.c \
	src/accounts/answers.c src/accounts/answers.h \
	src/accounts/addresses.c src/accounts/addresses.h \
	src/accounts/api_key_routes.c \
	src/accounts/api_keys.c src/accounts/api_keys.h \
	src/accounts/by_phone.c src/accounts/by_phone.h \
	src/accounts/events.c \
	src/accounts/google.c src/accounts/google.h \
	src/accounts/factor.c src/accounts/factor.h \
	src/accounts/factor_routes.c \
	src/accounts/hash.c \
	src/accounts/id_token.c src/accounts/id_token.h \
	src/accounts/identity.c src/accounts/identity.h \
	src/accounts/identity_routes.c \
	src/accounts/issuer.c src/accounts/issuer.h \
	src/accounts/linked.c src/accounts/linked.h \
	src/accounts/login.c \
	src/accounts/login_limit.c src/accounts/login_limit.h \
	src/accounts/mailbox.h src/accounts/mailbox_routes.c \
	src/accounts/merchants.c src/accounts/merchants.h src/accounts/shop_slug.c \
	src/accounts/one_time.c src/accounts/one_time.h \
	src/accounts/password.c src/accounts/password.h \
	src/accounts/profile.c src/accounts/profile.h \
	src/accounts/refresh.c \
	src/accounts/register.c src/accounts/registration.h \
	src/accounts/reset.c \
	src/accounts/routes.c \
	src/accounts/session.c src/accounts/session.h src/accounts/session_start.c \
	src/accounts/shapes.c \
	src/accounts/staff.c src/accounts/staff.h \
	src/accounts/permission_routes.c \
	src/accounts/staff_routes.c \
	src/accounts/users.c \
	src/accounts/verify.c

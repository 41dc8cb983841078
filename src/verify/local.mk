# libhaatverify stands alone: others may link it without anything else of haat.
# -version-info is current:revision:age; raise current and age for a new function, current alone for a changed one.
lib_LTLIBRARIES += libhaatverify.la
include_HEADERS += src/verify/haatverify.h
verify_sources = \
	src/verify/certificate.c src/verify/certificate.h \
	src/verify/digest.c src/verify/digest.h \
	src/verify/flutterwave.c \
	src/verify/haatverify.h \
	src/verify/headers.c \
	src/verify/hmac.c \
	src/verify/json_string.c src/verify/json_string.h \
	src/verify/paypal.c \
	src/verify/paystack.c \
	src/verify/razorpay.c \
	src/verify/reading.c src/verify/reading.h \
	src/verify/sns.c \
	src/verify/sns_envelope.c src/verify/sns_envelope.h \
	src/verify/standard.c \
	src/verify/stripe.c
libhaatverify_la_SOURCES = $(verify_sources)
libhaatverify_la_LDFLAGS = $(AM_LDFLAGS) -version-info 1:0:1 -no-undefined -export-symbols-regex '^haat_(verify|sign)_'
libhaatverify_la_LIBADD = $(CRYPTO_LIBS)

# Our own programs hold the same code, so that linking one takes no libtool, which is slower than the linker.
noinst_LIBRARIES += libverify.a
libverify_a_SOURCES = $(verify_sources)
libverify_a_CFLAGS = $(AM_CFLAGS)

pkgconfigdir = $(libdir)/pkgconfig
pkgconfig_DATA = src/verify/haatverify.pc

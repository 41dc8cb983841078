# libhaatverify stands alone: others may link it without anything else of haat.
# -version-info is current:revision:age; raise current and age for a new function, current alone for a changed one.
lib_LTLIBRARIES += libhaatverify.la
include_HEADERS += src/verify/haatverify.h
libhaatverify_la_SOURCES = \
	src/verify/digest.c src/verify/digest.h \
	src/verify/haatverify.h \
	src/verify/hmac.c \
	src/verify/standard.c \
	src/verify/stripe.c
libhaatverify_la_LDFLAGS = $(AM_LDFLAGS) -version-info 0:0:0 -no-undefined -export-symbols-regex '^haat_(verify|sign)_'
libhaatverify_la_LIBADD = $(CRYPTO_LIBS)

pkgconfigdir = $(libdir)/pkgconfig
pkgconfig_DATA = src/verify/haatverify.pc

libhaat_a_SOURCES += src/shop.c src/shop.h

sbin_PROGRAMS += haatd
haatd_SOURCES = src/haatd.c
haatd_LDADD = $(HAAT_LIBS)

libhaat_a_SOURCES += src/shop.c src/shop.h

sbin_PROGRAMS += src/haatd
src_haatd_SOURCES = src/haatd.c
src_haatd_LDADD = $(HAAT_LIBS)

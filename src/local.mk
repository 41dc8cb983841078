libhaat_a_SOURCES += src/shop.c src/shop.h

# The programs: each main and what only it has; the rest is in libhaat.a.
sbin_PROGRAMS += src/haatd
src_haatd_SOURCES = src/haatd.c
src_haatd_LDADD = $(HAAT_LIBS)

sbin_PROGRAMS += src/haatctl
src_haatctl_SOURCES = src/haatctl.c $(haatctl_sources)
src_haatctl_LDADD = $(HAAT_LIBS)

sbin_PROGRAMS += src/haat-jobs
src_haat_jobs_SOURCES = src/haat-jobs.c
src_haat_jobs_LDADD = $(HAAT_LIBS)

# haat-sandbox is a program of its own: nothing else links these files.
sbin_PROGRAMS += src/haat-sandbox
src_haat_sandbox_SOURCES = \
	src/haat-sandbox.c \
	src/sandbox/answer.c \
	src/sandbox/delivery.c \
	src/sandbox/events.c \
	src/sandbox/form.c src/sandbox/form.h \
	src/sandbox/idempotency.c \
	src/sandbox/intents.c \
	src/sandbox/lists.c \
	src/sandbox/pages.c \
	src/sandbox/parameters.c src/sandbox/parameters.h \
	src/sandbox/payer.c \
	src/sandbox/refunds.c \
	src/sandbox/route.c \
	src/sandbox/sandbox.h \
	src/sandbox/server.c \
	src/sandbox/state.c \
	src/sandbox/switches.c
src_haat_sandbox_CFLAGS = $(AM_CFLAGS) $(MICROHTTPD_CFLAGS) -pthread
src_haat_sandbox_LDADD = $(HAAT_LIBS) $(MICROHTTPD_LIBS)

libhaat_a_SOURCES += \
	src/webhooks/inbox.c src/webhooks/inbox.h \
	src/webhooks/replay.c \
	src/webhooks/routes.c \
	src/webhooks/webhooks.h

libhaat_a_SOURCES += \
	src/webhooks/apply.c \
	src/webhooks/confirm.c \
	src/webhooks/dead_events.c src/webhooks/dead_events.h \
	src/webhooks/due.c \
	src/webhooks/event_routes.c \
	src/webhooks/inbox.c src/webhooks/inbox.h \
	src/webhooks/receive.c src/webhooks/receive.h \
	src/webhooks/replay.c \
	src/webhooks/routes.c \
	src/webhooks/sender.c src/webhooks/sender.h \
	src/webhooks/simulate.c \
	src/webhooks/subscription.c \
	src/webhooks/webhooks.h

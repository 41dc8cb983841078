libhaat_a_SOURCES += \
	src/live/live.h \
	src/live/message.c src/live/message.h \
	src/live/publish.c src/live/publish.h \
	src/live/routes.c \
	src/live/ticket.c src/live/ticket.h

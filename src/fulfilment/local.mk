libhaat_a_SOURCES += \
	src/fulfilment/end.c \
	src/fulfilment/follow.c \
	src/fulfilment/fulfilment.h \
	src/fulfilment/fulfilments.h \
	src/fulfilment/routes.c \
	src/fulfilment/show.c \
	src/fulfilment/step.c

libhaat_a_SOURCES += \
	src/fulfilment/list.c \
	src/fulfilment/slips.c src/fulfilment/slips.h \
	src/fulfilment/end.c \
	src/fulfilment/follow.c \
	src/fulfilment/free_sale.c \
	src/fulfilment/fulfilment.h \
	src/fulfilment/fulfilments.h \
	src/fulfilment/return.c \
	src/fulfilment/return.h \
	src/fulfilment/return_decide.c \
	src/fulfilment/return_receive.c \
	src/fulfilment/return_request.c \
	src/fulfilment/return_routes.c \
	src/fulfilment/routes.c \
	src/fulfilment/show.c \
	src/fulfilment/step.c

libhaat_a_SOURCES += \
	src/orders/annotate.c \
	src/orders/cancel.c \
	src/orders/carrier.c \
	src/orders/draft.c \
	src/orders/expire.c src/orders/expire.h \
	src/orders/fulfilments.c src/orders/fulfilments.h \
	src/orders/imported.c src/orders/imported.h src/orders/imported_routes.c \
	src/orders/list.c \
	src/orders/options.c \
	src/orders/order.h src/orders/orders.h \
	src/orders/pairs.c src/orders/pairs.h \
	src/orders/place.c \
	src/orders/price.c src/orders/price.h \
	src/orders/rates.c src/orders/rates.h \
	src/orders/reserved.c src/orders/reserved.h \
	src/orders/routes.c \
	src/orders/shapes.c \
	src/orders/shipping.c \
	src/orders/show.c \
	src/orders/state.c src/orders/state.h \
	src/orders/summary.h \
	src/orders/timeline.c

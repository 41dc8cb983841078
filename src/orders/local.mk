libhaat_a_SOURCES += \
	src/orders/expire.c src/orders/expire.h \
	src/orders/state.c src/orders/state.h

libhaat_a_SOURCES += \
	src/orders/state.c src/orders/state.h

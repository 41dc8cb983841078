libhaat_a_SOURCES += \
	src/cart/cart.h \
	src/cart/items.c \
	src/cart/routes.c \
	src/cart/show.c

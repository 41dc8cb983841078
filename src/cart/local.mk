libhaat_a_SOURCES += \
	src/cart/cart.h \
	src/cart/coupon.c \
	src/cart/guest.c \
	src/cart/items.c \
	src/cart/routes.c \
	src/cart/show.c \
	src/cart/visitor.c src/cart/visitor.h src/cart/visitor_routes.c \
	src/cart/wishlist.c src/cart/wishlist.h \
	src/cart/wishlist_routes.c

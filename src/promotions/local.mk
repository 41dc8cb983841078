libhaat_a_SOURCES += \
	src/promotions/coupon.c src/promotions/coupon.h \
	src/promotions/coupon_routes.c \
	src/promotions/coupon_use.c \
	src/promotions/coupon_write.c \
	src/promotions/promotions.h

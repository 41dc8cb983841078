libhaat_a_SOURCES += \
	src/exchange/display.c src/exchange/display.h \
	src/exchange/exchange.h \
	src/exchange/load.c \
	src/exchange/rate_file.c src/exchange/rate_file.h \
	src/exchange/rates.c src/exchange/rates.h \
	src/exchange/routes.c

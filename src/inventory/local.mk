libhaat_a_SOURCES += \
	src/inventory/inventory.h \
	src/inventory/stock.c

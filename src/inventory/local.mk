libhaat_a_SOURCES += \
	src/inventory/inventory.h \
	src/inventory/adjust.c \
	src/inventory/levels.c \
	src/inventory/movements.c \
	src/inventory/routes.c \
	src/inventory/sales.c \
	src/inventory/stock.c \
	src/inventory/stock_list.c \
	src/inventory/stock_view.c \
	src/inventory/stock_view.h

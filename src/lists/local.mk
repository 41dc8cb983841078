libhaat_a_SOURCES += \
	src/lists/bulk.c \
	src/lists/bulk.h \
	src/lists/bulk_kinds.c \
	src/lists/bulk_routes.c \
	src/lists/bulk_run.c \
	src/lists/lists.h \
	src/lists/view.h \
	src/lists/view_routes.c \
	src/lists/views.c

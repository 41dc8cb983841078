libhaat_a_SOURCES += \
	src/lists/lists.h \
	src/lists/view.h \
	src/lists/view_routes.c \
	src/lists/views.c

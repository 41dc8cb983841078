libhaat_a_SOURCES += \
	src/reference/contents.c \
	src/reference/html.c src/reference/html.h \
	src/reference/postman.c src/reference/postman.h \
	src/reference/reference.h \
	src/reference/route.c \
	src/reference/shape.c \
	src/reference/write.c

libhaat_a_SOURCES += \
	src/template/compile.c \
	src/template/escape.c src/template/escape.h \
	src/template/html.c src/template/html.h \
	src/template/load.c \
	src/template/node.h \
	src/template/print.c \
	src/template/tags.c src/template/tags.h \
	src/template/template.h

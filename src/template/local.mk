libhaat_a_SOURCES += \
	src/template/compile.c src/template/compile.h src/template/compile_parts.c src/template/compile_words.c \
	src/template/escape.c src/template/escape.h \
	src/template/html.c src/template/html.h \
	src/template/load.c \
	src/template/messages.c src/template/messages.h \
	src/template/node.h \
	src/template/print.c \
	src/template/tags.c src/template/tags.h \
	src/template/template.h \
	src/template/value.c src/template/value.h

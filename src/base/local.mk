libhaat_a_SOURCES += \
	src/base/arena.c src/base/arena.h \
	src/base/banned.h \
	src/base/problem.c src/base/problem.h \
	src/base/text.c src/base/text.h

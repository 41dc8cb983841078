libhaat_a_SOURCES += \
	src/base/arena.c src/base/arena.h \
	src/base/banned.h \
	src/base/encoding.c src/base/encoding.h \
	src/base/ids.c src/base/ids.h \
	src/base/instant.c src/base/instant.h \
	src/base/money.c src/base/money.h \
	src/base/problem.c src/base/problem.h \
	src/base/text.c src/base/text.h

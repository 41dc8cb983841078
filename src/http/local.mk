libhaat_a_SOURCES += \
	src/http/master.c src/http/master.h \
	src/http/server.c src/http/server.h

libhaat_a_SOURCES += \
	src/http/jwt.c src/http/jwt.h \
	src/http/master.c src/http/master.h \
	src/http/seal.c src/http/seal.h \
	src/http/server.c src/http/server.h

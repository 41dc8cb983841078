libhaat_a_SOURCES += \
	src/net/circuit.c src/net/circuit.h \
	src/net/http_client.c src/net/http_client.h

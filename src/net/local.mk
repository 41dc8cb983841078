libhaat_a_SOURCES += \
	src/net/certificates.c src/net/certificates.h \
	src/net/circuit.c src/net/circuit.h \
	src/net/download.c src/net/download.h \
	src/net/http_client.c src/net/http_client.h \
	src/net/remote_value.c src/net/remote_value.h \
	src/net/resolve.c src/net/resolve.h \
	src/net/smtp.c src/net/smtp.h \
	src/net/target.c src/net/target.h

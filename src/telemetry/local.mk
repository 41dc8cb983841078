libhaat_a_SOURCES += \
	src/telemetry/forward.c src/telemetry/forward.h \
	src/telemetry/otlp.c src/telemetry/otlp.h \
	src/telemetry/outlet.c src/telemetry/outlet.h \
	src/telemetry/resource.c src/telemetry/resource.h \
	src/telemetry/sentry.c src/telemetry/sentry.h

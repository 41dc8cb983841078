libhaat_a_SOURCES += \
	src/base/arena.c src/base/arena.h \
	src/base/banned.h \
	src/base/config.c src/base/config_forms.c src/base/config_keys.h src/base/config_load.c src/base/config_show.c \
	src/base/config_values.c src/base/config.h \
	src/base/country.c src/base/country.h \
	src/base/csv.c src/base/csv.h \
	src/base/dsn.c src/base/dsn.h \
	src/base/encoding.c src/base/encoding.h \
	src/base/html.c src/base/html.h \
	src/base/ids.c src/base/ids.h \
	src/base/instant.c src/base/instant.h \
	src/base/seams.c src/base/seams.h \
	src/base/json_read.c \
	src/base/locale.c src/base/locale.h src/base/locale_countries.c \
	src/base/log.c src/base/log_mask.c src/base/log.h \
	src/base/metrics.c src/base/metrics.h \
	src/base/money.c src/base/money.h \
	src/base/network.c src/base/network.h \
	src/base/pdf.c src/base/pdf.h \
	src/base/parts.c src/base/parts.h \
	src/base/problem.c src/base/problem.h \
	src/base/providers.c src/base/providers.h \
	src/base/recent.c src/base/recent.h \
	src/base/shape.c src/base/shape.h \
	src/base/shared_file.c src/base/shared_file.h \
	src/base/write_all.c src/base/write_all.h \
	src/base/shape_parse.c src/base/shape_query.c src/base/shape_value.c src/base/shape_value.h \
	src/base/shape_merge.c \
	src/base/shape_print.c \
	src/base/shape_schema.c \
	src/base/span.c src/base/span.h \
	src/base/telemetry.c src/base/telemetry.h \
	src/base/text.c src/base/text.h \
	src/base/totp.c src/base/totp.h \
	src/base/vault.c src/base/vault.h \
	src/base/unzip.c src/base/unzip.h \
	src/base/zip.c src/base/zip.h

libhaat_a_SOURCES += \
	src/imports/columns.c \
	src/imports/columns.h \
	src/imports/end.c \
	src/imports/errors.c \
	src/imports/errors.h \
	src/imports/export_csv.c \
	src/imports/import.h \
	src/imports/imports.h \
	src/imports/job.h \
	src/imports/leftover.c \
	src/imports/receive.c \
	src/imports/routes.c \
	src/imports/rows.c \
	src/imports/rows.h \
	src/imports/run.c \
	src/imports/show.c

libhaat_a_SOURCES += \
	src/people/avatar.c \
	src/people/avatar.h \
	src/people/delete.c \
	src/people/erase.c \
	src/people/export.c \
	src/people/export.h \
	src/people/export_run.c \
	src/people/holdings.c \
	src/people/people.h \
	src/people/routes.c

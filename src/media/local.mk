libhaat_a_SOURCES += \
	src/media/attach.c \
	src/media/file.h \
	src/media/media.h \
	src/media/show.c

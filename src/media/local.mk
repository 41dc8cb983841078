libhaat_a_SOURCES += \
	src/media/attach.c \
	src/media/child.c src/media/child.h \
	src/media/cloudinary.c src/media/cloudinary.h \
	src/media/content.c src/media/content.h \
	src/media/fetch.c src/media/fetch.h \
	src/media/file.c src/media/file.h \
	src/media/jobs.h \
	src/media/make.c \
	src/media/media.h \
	src/media/outside.c src/media/outside.h \
	src/media/picture.c \
	src/media/reader.c src/media/reader.h \
	src/media/receive.c src/media/receive.h \
	src/media/remove.c \
	src/media/renew.c \
	src/media/routes.c src/media/routes.h \
	src/media/show.c \
	src/media/sizes.c src/media/sizes.h \
	src/media/storage.h \
	src/media/storage_cloudinary.c \
	src/media/storage_local.c \
	src/media/storage_s3.c \
	src/media/video.c

libhaat_a_SOURCES += \
	src/settlements/cells.c \
	src/settlements/cells.h \
	src/settlements/compare.c \
	src/settlements/format.c \
	src/settlements/format.h \
	src/settlements/leftover.c \
	src/settlements/match.c \
	src/settlements/missing.c \
	src/settlements/post.c \
	src/settlements/read.c \
	src/settlements/receive.c \
	src/settlements/routes.c \
	src/settlements/settlement.h \
	src/settlements/settlements.h \
	src/settlements/show.c \
	src/settlements/step.h

libhaat_a_SOURCES += \
	src/reviews/review.h \
	src/reviews/review_count.c \
	src/reviews/review_forget.c \
	src/reviews/review_like.c \
	src/reviews/review_list.c \
	src/reviews/review_media.c \
	src/reviews/review_own.c \
	src/reviews/review_read.c \
	src/reviews/review_reply.c \
	src/reviews/review_write.c \
	src/reviews/reviews.h \
	src/reviews/routes.c

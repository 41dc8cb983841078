libhaat_a_SOURCES += \
	src/ledger/ledger.h \
	src/ledger/post.c \
	src/ledger/reversal.c

libhaat_a_SOURCES += \
	src/ledger/account.h \
	src/ledger/accounts.c \
	src/ledger/entries.c \
	src/ledger/fold.c \
	src/ledger/ledger.h \
	src/ledger/post.c \
	src/ledger/reversal.c \
	src/ledger/routes.c \
	src/ledger/routes.h

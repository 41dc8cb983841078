libhaat_a_SOURCES += \
	src/store/db.c src/store/db.h \
	src/store/db_bind.c src/store/db_bind.h \
	src/store/transaction.c src/store/work.h

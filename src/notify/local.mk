libhaat_a_SOURCES += \
	src/notify/letter.c src/notify/letter.h \
	src/notify/letter_find.c \
	src/notify/letter_merchant.c \
	src/notify/letter_payer.c \
	src/notify/letter_send.c \
	src/notify/letter_subscription.c \
	src/notify/letter_words.c src/notify/letter_words.h \
	src/notify/letter_write.c \
	src/notify/mail.c src/notify/mail.h \
	src/notify/mail_message.c src/notify/mail_message.h \
	src/notify/mail_row.c src/notify/mail_row.h

libhaat_a_SOURCES += \
	src/notify/mail.c src/notify/mail.h \
	src/notify/mail_message.c src/notify/mail_message.h

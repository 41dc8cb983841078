libhaat_a_SOURCES += \
	src/notify/body.c src/notify/body.h \
	src/notify/concerned.h \
	src/notify/deliver.c src/notify/deliver.h \
	src/notify/delivery.c src/notify/delivery.h \
	src/notify/endpoint.c src/notify/endpoint.h \
	src/notify/endpoint_routes.c \
	src/notify/endpoint_write.c \
	src/notify/kept.c src/notify/kept.h \
	src/notify/letter.c src/notify/letter.h \
	src/notify/letter_account.c src/notify/letter_endpoint.c \
	src/notify/letter_find.c \
	src/notify/letter_lines.c src/notify/letter_lines.h \
	src/notify/letter_merchant.c \
	src/notify/letter_order.c \
	src/notify/letter_order_money.c \
	src/notify/letter_parcel.c \
	src/notify/letter_payer.c \
	src/notify/letter_sale.c \
	src/notify/letter_send.c \
	src/notify/letter_stock.c \
	src/notify/letter_subscription.c \
	src/notify/letter_wish.c \
	src/notify/letter_words.c src/notify/letter_words.h \
	src/notify/letter_write.c \
	src/notify/mail.c src/notify/mail.h \
	src/notify/mail_message.c src/notify/mail_message.h \
	src/notify/mail_row.c src/notify/mail_row.h \
	src/notify/notify.h \
	src/notify/queue.c src/notify/queue.h \
	src/notify/retry.c src/notify/retry.h \
	src/notify/secret.c src/notify/secret.h \
	src/notify/spread.c src/notify/spread.h \
	src/notify/sqs.c src/notify/sqs.h \
	src/notify/sqs_call.c src/notify/sqs_call.h \
	src/notify/sqs_dead.c src/notify/sqs_dead.h \
	src/notify/sqs_message.c src/notify/sqs_message.h \
	src/notify/sqs_queue.c src/notify/sqs_queue.h \
	src/notify/stop.c src/notify/stop.h \
	src/notify/transfer.c src/notify/transfer.h \
	src/notify/unsubscribe.c src/notify/unsubscribe.h

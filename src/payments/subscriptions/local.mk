libhaat_a_SOURCES += \
	src/payments/subscriptions/cancel.c \
	src/payments/subscriptions/change.c \
	src/payments/subscriptions/interval.c src/payments/subscriptions/interval.h \
	src/payments/subscriptions/link.c \
	src/payments/subscriptions/manage.h \
	src/payments/subscriptions/methods.c src/payments/subscriptions/methods.h \
	src/payments/subscriptions/pause.c \
	src/payments/subscriptions/notice.c src/payments/subscriptions/notice.h \
	src/payments/subscriptions/period.c src/payments/subscriptions/period.h \
	src/payments/subscriptions/period_purpose.c src/payments/subscriptions/period_purpose.h \
	src/payments/subscriptions/plan.c src/payments/subscriptions/plan.h \
	src/payments/subscriptions/plan_routes.c \
	src/payments/subscriptions/renew.c src/payments/subscriptions/renew.h \
	src/payments/subscriptions/routes.c \
	src/payments/subscriptions/subscribe.c \
	src/payments/subscriptions/subscription.c src/payments/subscriptions/subscription.h \
	src/payments/subscriptions/subscriptions.h

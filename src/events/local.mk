libhaat_a_SOURCES += \
	src/events/audit.c src/events/audit.h src/events/audit_list.c \
	src/events/dead_letter.c src/events/dead_letter.h \
	src/events/doorbell.c src/events/doorbell.h \
	src/events/fan_out.c src/events/fan_out.h \
	src/events/feed.c src/events/feed.h \
	src/events/job.c src/events/job.h \
	src/events/partitions.c src/events/partitions.h \
	src/events/record.c src/events/record.h \
	src/events/recorded.c src/events/recorded.h \
	src/events/worker.c src/events/worker.h

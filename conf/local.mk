EXTRA_DIST += \
	conf/haat.conf

libhaat_a_SOURCES += \
	src/store/cache.c src/store/cache.h \
	src/store/db_errors.c src/store/db_errors.h \
	src/store/expand.c src/store/expand.h \
	src/store/db.c src/store/db.h \
	src/store/db_bind.c src/store/db_bind.h \
	src/store/db_session.c src/store/db_session.h \
	src/store/list.c src/store/list.h \
	src/store/metadata.c src/store/metadata.h \
	src/store/migrate.c src/store/migrate.h \
	src/store/migration_files.c \
	src/store/readable_views.c src/store/readable_views.h \
	src/store/schema.c src/store/schema.h \
	src/store/slug.c src/store/slug.h \
	src/store/stamped.c src/store/stamped.h \
	src/store/statements.c src/store/statements.h \
	src/store/transaction.c src/store/work.h \
	src/store/trust.c src/store/trust.h \
	src/store/version.c src/store/version.h

# What the last migration is, and how many there are, is said by sql/local.mk alone.
nodist_libhaat_a_SOURCES = src/store/schema_number.h
BUILT_SOURCES += src/store/schema_number.h
CLEANFILES += src/store/schema_number.h
src/store/schema.$(OBJEXT): src/store/schema_number.h
src/store/schema_number.h: $(srcdir)/sql/local.mk
	$(AM_V_GEN)$(MKDIR_P) src/store && printf '%s\n' $(dist_sql_DATA) \
		| sed -n 's#^sql/0*\([0-9]*\)_.*\.up\.sql$$#\1#p' | sort -n \
		| awk '{ last = $$0 } END { printf "enum { SCHEMA_NUMBER = %d, SCHEMA_COUNT = %d };\n", last, NR }' >$@

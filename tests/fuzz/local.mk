# Programs that read what others send: here they replay their corpus, and a fixed number of mutations of it, as tests;
# `./dev fuzz` builds them with libFuzzer and goes on from there.
fuzz_targets = \
	tests/fuzz/fuzz-answer \
	tests/fuzz/fuzz-browser \
	tests/fuzz/fuzz-certificate \
	tests/fuzz/fuzz-csv \
	tests/fuzz/fuzz-cursor \
	tests/fuzz/fuzz-event \
	tests/fuzz/fuzz-id-token \
	tests/fuzz/fuzz-import \
	tests/fuzz/fuzz-json \
	tests/fuzz/fuzz-jwt \
	tests/fuzz/fuzz-media \
	tests/fuzz/fuzz-multipart \
	tests/fuzz/fuzz-query \
	tests/fuzz/fuzz-rates \
	tests/fuzz/fuzz-routes \
	tests/fuzz/fuzz-signature \
	tests/fuzz/fuzz-sns \
	tests/fuzz/fuzz-template \
	tests/fuzz/fuzz-values \
	tests/fuzz/fuzz-words
fuzz_common = tests/fuzz/driver.c tests/fuzz/fuzz.c tests/fuzz/fuzz.h
tests_fuzz_fuzz_answer_SOURCES = tests/fuzz/fuzz-answer.c $(fuzz_common)
tests_fuzz_fuzz_answer_LDADD = $(HAAT_LIBS)
# As tests/fuzz/run does.
tests_fuzz_fuzz_answer_LDFLAGS = -Wl,--wrap=provider_call -Wl,--wrap=remote_value -Wl,--wrap=db_row_ -Wl,--wrap=db_rows_ \
	-Wl,--wrap=db_value_ -Wl,--wrap=db_run_ -Wl,--wrap=read_payment -Wl,--wrap=ask_soon
tests_fuzz_fuzz_browser_SOURCES = tests/fuzz/fuzz-browser.c $(fuzz_common)
tests_fuzz_fuzz_browser_LDADD = $(HAAT_LIBS)
tests_fuzz_fuzz_certificate_SOURCES = tests/fuzz/fuzz-certificate.c $(fuzz_common)
tests_fuzz_fuzz_certificate_LDADD = $(HAAT_LIBS)
tests_fuzz_fuzz_csv_SOURCES = tests/fuzz/fuzz-csv.c $(fuzz_common)
tests_fuzz_fuzz_csv_LDADD = $(HAAT_LIBS)
tests_fuzz_fuzz_cursor_SOURCES = tests/fuzz/fuzz-cursor.c $(fuzz_common)
tests_fuzz_fuzz_cursor_LDADD = $(HAAT_LIBS)
tests_fuzz_fuzz_event_SOURCES = tests/fuzz/fuzz-event.c $(fuzz_common)
tests_fuzz_fuzz_event_LDADD = $(HAAT_LIBS)
tests_fuzz_fuzz_id_token_SOURCES = tests/fuzz/fuzz-id-token.c $(fuzz_common)
tests_fuzz_fuzz_id_token_LDADD = $(HAAT_LIBS)
tests_fuzz_fuzz_import_SOURCES = tests/fuzz/fuzz-import.c $(fuzz_common)
tests_fuzz_fuzz_import_LDADD = $(HAAT_LIBS)
tests_fuzz_fuzz_json_SOURCES = tests/fuzz/fuzz-json.c tests/fuzz/shapes.c tests/fuzz/shapes.h $(fuzz_common)
tests_fuzz_fuzz_json_LDADD = $(HAAT_LIBS)
tests_fuzz_fuzz_jwt_SOURCES = tests/fuzz/fuzz-jwt.c $(fuzz_common)
tests_fuzz_fuzz_jwt_LDADD = $(HAAT_LIBS)
tests_fuzz_fuzz_media_SOURCES = tests/fuzz/fuzz-media.c $(fuzz_common)
tests_fuzz_fuzz_media_LDADD = $(HAAT_LIBS)
tests_fuzz_fuzz_multipart_SOURCES = tests/fuzz/fuzz-multipart.c $(fuzz_common)
tests_fuzz_fuzz_multipart_LDADD = $(HAAT_LIBS)
tests_fuzz_fuzz_query_SOURCES = tests/fuzz/fuzz-query.c tests/fuzz/shapes.c tests/fuzz/shapes.h $(fuzz_common)
tests_fuzz_fuzz_query_LDADD = $(HAAT_LIBS)
tests_fuzz_fuzz_rates_SOURCES = tests/fuzz/fuzz-rates.c $(fuzz_common)
tests_fuzz_fuzz_rates_LDADD = $(HAAT_LIBS)
tests_fuzz_fuzz_routes_SOURCES = tests/fuzz/fuzz-routes.c $(fuzz_common)
tests_fuzz_fuzz_routes_LDADD = $(HAAT_LIBS)
tests_fuzz_fuzz_signature_SOURCES = tests/fuzz/fuzz-signature.c $(fuzz_common)
tests_fuzz_fuzz_signature_LDADD = $(HAAT_LIBS)
tests_fuzz_fuzz_sns_SOURCES = tests/fuzz/fuzz-sns.c $(fuzz_common)
tests_fuzz_fuzz_sns_LDADD = $(HAAT_LIBS)
tests_fuzz_fuzz_template_SOURCES = tests/fuzz/fuzz-template.c $(fuzz_common)
tests_fuzz_fuzz_template_LDADD = $(HAAT_LIBS)
tests_fuzz_fuzz_values_SOURCES = tests/fuzz/fuzz-values.c $(fuzz_common)
tests_fuzz_fuzz_values_LDADD = $(HAAT_LIBS)
tests_fuzz_fuzz_words_SOURCES = tests/fuzz/fuzz-words.c $(fuzz_common)
tests_fuzz_fuzz_words_LDADD = $(HAAT_LIBS)
check_PROGRAMS += $(fuzz_targets)
TESTS += $(fuzz_targets)
EXTRA_DIST += tests/fuzz/run tests/fuzz/corpus

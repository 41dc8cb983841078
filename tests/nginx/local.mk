# The site of nginx by itself.
check_PROGRAMS += tests/nginx/echo-worker
tests_nginx_echo_worker_SOURCES = tests/nginx/echo-worker.c
tests_nginx_echo_worker_LDADD = $(HAAT_LIBS)
TESTS += tests/nginx/run
EXTRA_DIST += tests/nginx/run

# Every form of a body and of an answer.
check_PROGRAMS += tests/nginx/forms-worker
tests_nginx_forms_worker_SOURCES = tests/nginx/forms-worker.c
tests_nginx_forms_worker_LDADD = $(HAAT_LIBS)
TESTS += tests/nginx/forms
EXTRA_DIST += tests/nginx/forms

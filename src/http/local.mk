libhaat_a_SOURCES += \
	src/http/authenticate.c src/http/authenticate.h \
	src/http/blocklist.c src/http/blocklist.h \
	src/http/body.c src/http/body.h \
	src/http/claims.c src/http/claims.h \
	src/http/cors.c src/http/cors.h \
	src/http/dispatch.c \
	src/http/face.c src/http/face.h \
	src/http/entity_tag.c src/http/entity_tag.h \
	src/http/idempotency.c src/http/idempotency.h \
	src/http/idempotency_keys.c src/http/idempotency_keys.h \
	src/http/jwt.c src/http/jwt.h \
	src/http/leftover.c src/http/leftover.h \
	src/http/limit.c src/http/limit.h \
	src/http/master.c src/http/master.h \
	src/http/multipart.c src/http/multipart.h \
	src/http/unpack.c src/http/unpack.h \
	src/http/nginx.c src/http/nginx.h \
	src/http/openapi.c src/http/openapi.h \
	src/http/page.c src/http/page.h \
	src/http/permission.c src/http/permission.h \
	src/http/request.c src/http/request.h \
	src/http/respond.c src/http/respond.h \
	src/http/respond_stamped.c \
	src/http/route.c src/http/route.h \
	src/http/route_example.c src/http/route_example.h \
	src/http/seal.c src/http/seal.h \
	src/http/server.c src/http/server.h \
	src/http/table.c src/http/table.h \
	src/http/trace.c src/http/trace.h \
	src/http/upload.c src/http/upload.h \
	src/http/viewer.c src/http/viewer.h

# The site for an installed nginx, with the places and ports of an ordinary host; ./dev fills the same template otherwise.
nginx_site = $(sysconfdir)/haat/nginx
nginxdir = $(nginx_site)
nginx_DATA = nginx/haat.conf nginx/routes.conf
dist_nginx_DATA = nginx/common.conf nginx/fastcgi.conf

nginx/haat.conf: nginx/haat.conf.in
	$(AM_V_GEN)$(MKDIR_P) nginx && \
	sed -e 's|@limits[@]||' -e 's|@production[@]||' -e 's|@live[@]||' -e 's|@brotli[@]||' -e 's|@run[@]|/run/haat|g' -e 's|@routes[@]|$(nginx_site)/routes.conf|' \
		-e 's|@files[@]|/var/lib/haat/files|' -e 's|@pages[@]|/var/lib/haat/pages|' -e 's|@media[@]|/var/lib/haat/media|' -e 's|@media_origins[@]|$(nginx_site)/media-origins|' -e 's|@site[@]|$(nginx_site)|g' -e 's|@web[@]|$(pkgdatadir)/web|' \
		-e 's|@port[@]|443|' -e 's|@plain_port[@]|80|' -e 's|@port_behind_host[@]||' -e 's|@hosts[@]|localhost|' -e 's|@certificate[@]|$(sysconfdir)/haat/tls/server.pem|' \
		-e 's|@certificate_key[@]|$(sysconfdir)/haat/tls/server.key|' -e 's|@access_log[@]|/var/log/nginx/haat.log|' \
		'$(srcdir)/nginx/haat.conf.in' >'$@'

# The program that serves the routes says what nginx has to know of them.
nginx/routes.conf: src/haatd$(EXEEXT)
	$(AM_V_GEN)$(MKDIR_P) nginx && src/haatd$(EXEEXT) --nginx >'$@.new' && mv '$@.new' '$@'

EXTRA_DIST += nginx/haat.conf.in nginx/nginx.conf.in
CLEANFILES += nginx/haat.conf nginx/routes.conf

# /docs: Swagger UI, which shows the document of the API.  As with the console, a released archive carries its files (and their licences),
# a clone fetches them by the lock file, and the running product takes no node.
docs_sources = \
	web/docs/docs.css \
	web/docs/index.html \
	web/docs/package.json \
	web/docs/package-lock.json \
	web/docs/start.js
docs_fetched = swagger-ui-bundle.js swagger-ui-bundle.js.LICENSE.txt swagger-ui.css LICENSE NOTICE
EXTRA_DIST += $(docs_sources)

if CONSOLE_BUILT
docs_ui = $(srcdir)/web/docs/built
web/docs/npm.stamp:
	@$(MKDIR_P) web/docs && touch '$@'
else
docs_ui = web/docs/node_modules/swagger-ui-dist
web/docs/npm.stamp: web/docs/package.json web/docs/package-lock.json
	$(AM_V_GEN)$(MKDIR_P) web/docs && for file in package.json package-lock.json; do \
		cmp -s "web/docs/$$file" '$(srcdir)/web/docs/'"$$file" || cp '$(srcdir)/web/docs/'"$$file" web/docs || exit 1; done && cd web/docs && \
	npm ci --ignore-scripts --no-audit --no-fund --loglevel=error >npm.log 2>&1 || { cat npm.log >&2; exit 1; }; touch npm.stamp
endif

web/docs/ui.stamp: web/docs/npm.stamp web/docs/docs.css web/docs/index.html web/docs/start.js
	$(AM_V_GEN)rm -rf web/named/docs/ui && $(MKDIR_P) web/named/docs/ui && cp '$(srcdir)/web/docs/index.html' web/named/docs && \
	cp '$(srcdir)/web/docs/docs.css' '$(srcdir)/web/docs/start.js' web/named/docs/ui && \
	for file in $(docs_fetched); do cp "$(docs_ui)/$$file" web/named/docs/ui || exit 1; done && \
	mv web/named/docs/ui/LICENSE web/named/docs/ui/LICENSE.txt && mv web/named/docs/ui/NOTICE web/named/docs/ui/NOTICE.txt && \
	chmod 644 web/named/docs/index.html web/named/docs/ui/* && gzip -9nkf web/named/docs/ui/*.js web/named/docs/ui/*.css && \
	if command -v brotli >/dev/null; then brotli -fq 11 web/named/docs/ui/*.js web/named/docs/ui/*.css || exit 1; fi; touch '$@'
all-local: web/docs/ui.stamp

dist-hook: dist-docs
dist-docs: web/docs/npm.stamp
	$(MKDIR_P) '$(distdir)/web/docs/built'
	for file in $(docs_fetched); do cp "$(docs_ui)/$$file" '$(distdir)/web/docs/built' || exit 1; done

install-data-local: install-docs
install-docs: web/docs/ui.stamp web/named/docs/made
	$(MKDIR_P) '$(DESTDIR)$(pkgdatadir)/web/docs/ui' '$(DESTDIR)$(pkgdatadir)/web/docs/reference'
	$(INSTALL_DATA) web/named/docs/index.html '$(DESTDIR)$(pkgdatadir)/web/docs'
	$(INSTALL_DATA) web/named/docs/ui/* '$(DESTDIR)$(pkgdatadir)/web/docs/ui'
	$(INSTALL_DATA) web/named/docs/reference/* '$(DESTDIR)$(pkgdatadir)/web/docs/reference'
clean-local: clean-docs
clean-docs:
	rm -rf web/docs/node_modules web/docs/npm.log web/docs/npm.stamp web/docs/ui.stamp

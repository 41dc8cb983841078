# The console: TypeScript that is checked against the document of the API, and bundled.  A released archive carries the bundle, so that
# building it takes neither node nor npm; the running product takes them never.
console_sources = \
	web/console/build.mjs \
	web/console/types.mjs \
	web/console/package.json \
	web/console/package-lock.json \
	web/console/tsconfig.json \
	web/console/console.css \
	web/console/index.html
console_parts = $(wildcard $(srcdir)/web/console/src/*.ts $(srcdir)/web/console/src/*.tsx $(srcdir)/web/console/src/*/*.tsx $(srcdir)/web/console/words/*.json)
EXTRA_DIST += $(console_sources) web/console/src web/console/words

# It is made again when a shape of the API has changed, not whenever the program has.
web/console/api.stamp: src/haatd$(EXEEXT)
	$(AM_V_GEN)$(MKDIR_P) web/console && src/haatd$(EXEEXT) --openapi >web/console/api.new && \
	{ cmp -s web/console/api.new web/console/api.json || mv web/console/api.new web/console/api.json; } && rm -f web/console/api.new && touch '$@'
web/console/api.json: web/console/api.stamp
	@test -f '$@'

if CONSOLE_BUILT
web/console/built.stamp: web/console/api.json
	$(AM_V_GEN)rm -rf web/named/console && $(MKDIR_P) web/named && cp -R '$(srcdir)/web/console/built' web/named/console && \
	chmod -R u+w web/named/console && touch '$@'
else
web/console/npm.stamp: web/console/package-lock.json
	$(AM_V_GEN)$(MKDIR_P) web/console && cd web/console && \
	for file in package.json package-lock.json; do test -f "$$file" || cp '$(abs_srcdir)/web/console/'"$$file" . || exit 1; cmp -s "$$file" '$(abs_srcdir)/web/console/'"$$file" || cp '$(abs_srcdir)/web/console/'"$$file" .; done && \
	npm ci --ignore-scripts --no-audit --no-fund --loglevel=error >npm.log 2>&1 || { cat npm.log >&2; exit 1; }; touch npm.stamp
web/console/built.stamp: web/console/api.json web/console/npm.stamp $(console_sources) $(console_parts) web/assets/shop.css docs/OPERATIONS.md
	$(AM_V_GEN)cd web/console && node '$(abs_srcdir)/web/console/build.mjs' '$(abs_srcdir)/web/console' api.json ../named/console && touch built.stamp
endif
all-local: web/console/built.stamp

dist-hook: web/console/built.stamp
	cp -R web/named/console '$(distdir)/web/console/built'

install-data-local: install-console
install-console: web/console/built.stamp
	cd web/named && find console -type f | while read -r file; do $(INSTALL) -D -m 644 "$$file" '$(DESTDIR)$(pkgdatadir)/web/'"$$file" || exit 1; done
clean-local: clean-console
clean-console:
	rm -rf web/console/work web/console/node_modules web/console/npm.log web/console/npm.stamp web/console/built.stamp web/console/api.json web/console/api.stamp

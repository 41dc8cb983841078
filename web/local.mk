# What the pages are made from, and what browsers load for them.
pagesdir = $(pkgdatadir)/pages
dist_pages_DATA = \
	web/pages/account-address.html \
	web/pages/account-addresses.html \
	web/pages/account-data.html \
	web/pages/account-nav.html \
	web/pages/account-payments.html \
	web/pages/account-security.html \
	web/pages/account.html \
	web/pages/currencies.html \
	web/pages/field.html \
	web/pages/cart.html \
	web/pages/checkout-order.html \
	web/pages/checkout-where.html \
	web/pages/checkout-who.html \
	web/pages/checkout.html \
	web/pages/confirm.html \
	web/pages/letter.html \
	web/pages/brand.html \
	web/pages/card-body.html \
	web/pages/card-first.html \
	web/pages/card.html \
	web/pages/chip.html \
	web/pages/heart.html \
	web/pages/full-name.html \
	web/pages/home.html \
	web/pages/invoice.html \
	web/pages/list-body.html \
	web/pages/list.html \
	web/pages/order-address.html \
	web/pages/order.html \
	web/pages/imported-orders.html \
	web/pages/orders.html \
	web/pages/new-password.html \
	web/pages/once.html \
	web/pages/pay-bar.html \
	web/pages/pay-on.html \
	web/pages/pay-problem.html \
	web/pages/pay-provider.html \
	web/pages/pay.html \
	web/pages/phone-number.html \
	web/pages/phone.html \
	web/pages/problem.html \
	web/pages/product-reviews.html \
	web/pages/product.html \
	web/pages/products.html \
	web/pages/register.html \
	web/pages/related.html \
	web/pages/resume.html \
	web/pages/review-one.html \
	web/pages/review.html \
	web/pages/reviews.html \
	web/pages/shop.html \
	web/pages/signin-code.html \
	web/pages/signin-others.html \
	web/pages/signin.html \
	web/pages/site-bar.html \
	web/pages/site-foot.html \
	web/pages/site-head.html \
	web/pages/store.html \
	web/pages/upload.html \
	web/pages/wishlist.html \
	web/pages/wrong.html
messagesdir = $(pkgdatadir)/messages
dist_messages_DATA = \
	web/messages/bn.json \
	web/messages/en.json \
	web/messages/hi.json
web_assets = \
	web/assets/art.svg \
	web/assets/cart.js \
	web/assets/icon.svg \
	web/assets/invoice.css \
	web/assets/list.js \
	web/assets/live.js \
	web/assets/next.speculation \
	web/assets/pay.js \
	web/assets/phone.js \
	web/assets/product.js \
	web/assets/reference.css \
	web/assets/shop.css \
	web/assets/shop.js \
	web/assets/upload.js
EXTRA_DIST += $(web_assets) web/favicon.ico
# What the demo shop sells.
EXTRA_DIST += \
	web/demo/attar.svg \
	web/demo/bed-linen.svg \
	web/demo/board-games.svg \
	web/demo/cookery-books.svg \
	web/demo/cookware.svg \
	web/demo/fans-and-coolers.svg \
	web/demo/ground-spices.svg \
	web/demo/hair-oils.svg \
	web/demo/kitchen-appliances.svg \
	web/demo/knives-and-tools.svg \
	web/demo/kurtis.svg \
	web/demo/lamps.svg \
	web/demo/lungis.svg \
	web/demo/novels.svg \
	web/demo/panjabis.svg \
	web/demo/phone-accessories.svg \
	web/demo/pickles.svg \
	web/demo/rugs.svg \
	web/demo/sandals.svg \
	web/demo/sarees.svg \
	web/demo/shawls.svg \
	web/demo/shirts.svg \
	web/demo/shoes.svg \
	web/demo/smartphones.svg \
	web/demo/soaps.svg \
	web/demo/sweets.svg \
	web/demo/tableware.svg \
	web/demo/tea.svg \
	web/demo/wall-art.svg \
	web/demo/whole-spices.svg

# An asset's name holds a digest of it, so that browsers keep it for ever: shop.css is web/named/assets/shop.0123456789ab.css, and
# ASSET_SHOP_CSS its address.  Beside it lie the same packed by gzip and, where the program is there, by brotli, for nginx to send.
src/pages/assets.h: $(web_assets) web/favicon.ico
	$(AM_V_GEN)$(MKDIR_P) src/pages && rm -rf web/named/assets && $(MKDIR_P) web/named/assets && \
	cp '$(srcdir)/web/favicon.ico' web/named && chmod 644 web/named/favicon.ico && \
	for asset in $(web_assets); do \
		case $$asset in /*) file=$$asset ;; *) file=$(srcdir)/$$asset; test -e "$$file" || file=$$asset ;; esac; \
		name=$${asset##*/}; digest=`sha256sum "$$file" | cut -c 1-12`; named=$${name%.*}.$$digest.$${name##*.}; \
		cp "$$file" "web/named/assets/$$named" && chmod 644 "web/named/assets/$$named" || exit 1; \
		gzip -9nk "web/named/assets/$$named" || exit 1; \
		if command -v brotli >/dev/null; then brotli -q 11 "web/named/assets/$$named" || exit 1; fi; \
		printf '#define ASSET_%s "/assets/%s"\n' "`printf %s "$$name" | tr a-z. A-Z_`" "$$named"; \
	done >'$@.new' && printf '#define ASSETS_DIGEST "%s"\n' "`sha256sum <'$@.new' | cut -c 1-12`" >>'$@.new' && mv '$@.new' '$@'

# The pages below /docs: the program that serves the routes describes them.  Packed beside each, as above.
web/named/docs/made: src/haatd$(EXEEXT)
	$(AM_V_GEN)rm -rf web/named/docs/reference && $(MKDIR_P) web/named && src/haatd$(EXEEXT) --docs web/named/docs && \
	gzip -9nk web/named/docs/reference/*.html && \
	if command -v brotli >/dev/null; then brotli -q 11 web/named/docs/reference/*.html || exit 1; fi; touch '$@'
all-local: web/named/docs/made

install-data-local: install-assets
uninstall-local: uninstall-assets
install-assets: src/pages/assets.h
	$(MKDIR_P) '$(DESTDIR)$(pkgdatadir)/web/assets'
	$(INSTALL_DATA) web/named/assets/* '$(DESTDIR)$(pkgdatadir)/web/assets'
	$(INSTALL_DATA) web/named/favicon.ico '$(DESTDIR)$(pkgdatadir)/web'
uninstall-assets:
	rm -rf '$(DESTDIR)$(pkgdatadir)/web'
clean-local: clean-assets
clean-assets:
	rm -rf web/named

include web/console/local.mk
include web/docs/local.mk

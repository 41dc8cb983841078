# What people see, looked at with a browser; `./dev test browser` runs it beside a running shop.
EXTRA_DIST += tests/browser/browser.mjs tests/browser/buying.mjs tests/browser/cart.mjs tests/browser/hostile.mjs tests/browser/intl.mjs tests/browser/journeys.mjs
EXTRA_DIST += tests/browser/keyboard.mjs tests/browser/letters.mjs tests/browser/merchant.mjs tests/browser/pay.mjs tests/browser/phone.mjs tests/browser/run
EXTRA_DIST += tests/browser/states.mjs tests/browser/storefront.mjs tests/browser/tracking.mjs tests/browser/troubles.mjs tests/browser/walk.mjs
EXTRA_DIST += tests/browser/next.mjs tests/browser/reference.mjs
# What our table of languages writes, for intl.mjs.
check_PROGRAMS += tests/browser/locale-samples
tests_browser_locale_samples_SOURCES = tests/browser/locale-samples.c
tests_browser_locale_samples_LDADD = $(HAAT_LIBS)
# What pages are on a slow line, and what they look like.
EXTRA_DIST += tests/browser/budgets.mjs tests/browser/slow.mjs tests/browser/wares.mjs
EXTRA_DIST += tests/browser/fonts.conf tests/browser/shopper.mjs
EXTRA_DIST += tests/browser/approved.mjs tests/browser/pictures.mjs \
	tests/browser/approved/account-desktop-dark-bn.png \
	tests/browser/approved/account-phone-dark-rtl.png \
	tests/browser/approved/account-phone-light-en.png \
	tests/browser/approved/cart-desktop-dark-bn.png \
	tests/browser/approved/cart-phone-dark-rtl.png \
	tests/browser/approved/cart-phone-light-en.png \
	tests/browser/approved/checkout-desktop-dark-bn.png \
	tests/browser/approved/checkout-phone-dark-rtl.png \
	tests/browser/approved/checkout-phone-light-en.png \
	tests/browser/approved/home-desktop-dark-bn.png \
	tests/browser/approved/home-phone-dark-rtl.png \
	tests/browser/approved/home-phone-light-en.png \
	tests/browser/approved/list-desktop-dark-bn.png \
	tests/browser/approved/list-phone-dark-rtl.png \
	tests/browser/approved/list-phone-light-en.png \
	tests/browser/approved/missing-desktop-dark-bn.png \
	tests/browser/approved/missing-phone-dark-rtl.png \
	tests/browser/approved/missing-phone-light-en.png \
	tests/browser/approved/nothing-found-desktop-dark-bn.png \
	tests/browser/approved/nothing-found-phone-dark-rtl.png \
	tests/browser/approved/nothing-found-phone-light-en.png \
	tests/browser/approved/order-desktop-dark-bn.png \
	tests/browser/approved/order-phone-dark-rtl.png \
	tests/browser/approved/order-phone-light-en.png \
	tests/browser/approved/product-desktop-dark-bn.png \
	tests/browser/approved/product-phone-dark-rtl.png \
	tests/browser/approved/product-phone-light-en.png \
	tests/browser/approved/signin-desktop-dark-bn.png \
	tests/browser/approved/signin-phone-dark-rtl.png \
	tests/browser/approved/signin-phone-light-en.png
# Who signs in while a form waits.
EXTRA_DIST += tests/browser/session.mjs
# What sellers, staff and operators see.
EXTRA_DIST += tests/browser/console.mjs tests/browser/consoles.mjs tests/browser/console-reports.mjs tests/browser/console-people.mjs tests/browser/console-webhooks.mjs tests/browser/console-orders.mjs tests/browser/console-money.mjs
EXTRA_DIST += tests/browser/console-selling.mjs tests/browser/console-lists.mjs tests/browser/console-day.mjs

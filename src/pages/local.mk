libhaat_a_SOURCES += \
	src/pages/cart_page.c src/pages/cart_page.h \
	src/pages/checkout.c src/pages/checkout.h \
	src/pages/checkout_routes.c \
	src/pages/account_frame.c src/pages/account_frame.h \
	src/pages/account_page.c src/pages/account_page.h \
	src/pages/address_page.c src/pages/address_page.h \
	src/pages/catalog_pages.c src/pages/catalog_pages.h \
	src/pages/country_choice.c src/pages/country_choice.h \
	src/pages/confirm_form.c src/pages/confirm_form.h \
	src/pages/confirm_page.c \
	src/pages/data_page.c \
	src/pages/dress.c src/pages/dress.h \
	src/pages/elsewhere.c src/pages/elsewhere.h \
	src/pages/error_pages.h \
	src/pages/form_view.c src/pages/form_view.h \
	src/pages/google_page.c \
	src/pages/invoice_page.c src/pages/invoice_page.h \
	src/pages/letter_pages.c src/pages/letter_view.h \
	src/pages/order_money.c \
	src/pages/order_pages.c \
	src/pages/order_view.c src/pages/order_view.h \
	src/pages/money_page.c src/pages/money_page.h \
	src/pages/pages.h \
	src/pages/product_page.c \
	src/pages/product_reviews.c \
	src/pages/pay_on_page.c src/pages/pay_on_page.h \
	src/pages/pay_page.c src/pages/pay_page.h \
	src/pages/pay_problem.c src/pages/pay_problem.h \
	src/pages/phone_page.c src/pages/phone_page.h \
	src/pages/policy.c src/pages/policy.h \
	src/pages/register_page.c src/pages/register_page.h \
	src/pages/render.c src/pages/render.h \
	src/pages/resume.c src/pages/resume.h \
	src/pages/review_page.c src/pages/review_page.h \
	src/pages/routes.c \
	src/pages/security_page.c src/pages/security_page.h \
	src/pages/sign_in_page.c src/pages/sign_in_page.h \
	src/pages/sign_in_form.c src/pages/sign_in_form.h \
	src/pages/site.c src/pages/site.h \
	src/pages/site_load.c src/pages/site_load.h \
	src/pages/site_problem.c src/pages/site_problem.h \
	src/pages/sitemap.c \
	src/pages/store_page.c src/pages/store_page.h \
	src/pages/trouble.c src/pages/trouble.h \
	src/pages/wishlist_page.c src/pages/wishlist_page.h
# What the pages load is named by what is in it.
nodist_libhaat_a_SOURCES += src/pages/assets.h
BUILT_SOURCES += src/pages/assets.h
CLEANFILES += src/pages/assets.h
src/pages/render.$(OBJEXT) src/pages/site.$(OBJEXT) src/pages/site_load.$(OBJEXT) src/pages/order_pages.$(OBJEXT) src/pages/order_view.$(OBJEXT): src/pages/assets.h
src/pages/cart_page.$(OBJEXT) src/pages/catalog_pages.$(OBJEXT) src/pages/product_page.$(OBJEXT): src/pages/assets.h
src/pages/phone_page.$(OBJEXT): src/pages/assets.h

# Data that the programs read where auth.common_passwords says.
dist_pkgdata_DATA = conf/common-passwords.txt conf/disposable-domains.txt conf/grafana-dashboard.json conf/prometheus.rules.yml

EXTRA_DIST += \
	conf/haat.conf

# Templates of letters, a folder for each language, where mail.templates says.
mailendir = $(pkgdatadir)/mail/en
dist_mailen_DATA = \
	conf/mail/en/account-deleted.html conf/mail/en/account-deleted.subject.txt conf/mail/en/account-deleted.txt \
	conf/mail/en/back-in-stock.html conf/mail/en/back-in-stock.subject.txt conf/mail/en/back-in-stock.txt \
	conf/mail/en/price-drop.html conf/mail/en/price-drop.subject.txt conf/mail/en/price-drop.txt \
	conf/mail/en/order-paid.html conf/mail/en/order-paid.subject.txt conf/mail/en/order-paid.txt \
	conf/mail/en/order-confirmed.html conf/mail/en/order-confirmed.subject.txt conf/mail/en/order-confirmed.txt \
	conf/mail/en/order-cancelled.html conf/mail/en/order-cancelled.subject.txt conf/mail/en/order-cancelled.txt \
	conf/mail/en/order-expired.html conf/mail/en/order-expired.subject.txt conf/mail/en/order-expired.txt \
	conf/mail/en/order-payment-failed.html conf/mail/en/order-payment-failed.subject.txt conf/mail/en/order-payment-failed.txt \
	conf/mail/en/order-refunded.html conf/mail/en/order-refunded.subject.txt conf/mail/en/order-refunded.txt \
	conf/mail/en/parcel-cancelled.html conf/mail/en/parcel-cancelled.subject.txt conf/mail/en/parcel-cancelled.txt \
	conf/mail/en/sale-confirmed.html conf/mail/en/sale-confirmed.subject.txt conf/mail/en/sale-confirmed.txt \
	conf/mail/en/sale-paid.html conf/mail/en/sale-paid.subject.txt conf/mail/en/sale-paid.txt \
	conf/mail/en/stock-low.html conf/mail/en/stock-low.subject.txt conf/mail/en/stock-low.txt \
	conf/mail/en/stock-out.html conf/mail/en/stock-out.subject.txt conf/mail/en/stock-out.txt \
	conf/mail/en/lines.html conf/mail/en/lines.txt conf/mail/en/totals.html conf/mail/en/totals.txt \
	conf/mail/en/change-email.html \
	conf/mail/en/change-email.subject.txt \
	conf/mail/en/change-email.txt \
	conf/mail/en/email-changed.html \
	conf/mail/en/email-changed.subject.txt \
	conf/mail/en/email-changed.txt \
	conf/mail/en/endpoint-disabled.html \
	conf/mail/en/endpoint-disabled.subject.txt \
	conf/mail/en/endpoint-disabled.txt \
	conf/mail/en/foot.html \
	conf/mail/en/greeting.txt \
	conf/mail/en/head.html \
	conf/mail/en/merchant-active.html \
	conf/mail/en/merchant-active.subject.txt \
	conf/mail/en/merchant-active.txt \
	conf/mail/en/password-changed.html \
	conf/mail/en/password-changed.subject.txt \
	conf/mail/en/password-changed.txt \
	conf/mail/en/payment-failed.html \
	conf/mail/en/payment-failed.subject.txt \
	conf/mail/en/payment-failed.txt \
	conf/mail/en/payment-received.html \
	conf/mail/en/payment-received.subject.txt \
	conf/mail/en/payment-received.txt \
	conf/mail/en/payment-refunded.html \
	conf/mail/en/payment-refunded.subject.txt \
	conf/mail/en/payment-refunded.txt \
	conf/mail/en/payment.html \
	conf/mail/en/payment.txt \
	conf/mail/en/export-ready.html \
	conf/mail/en/export-ready.subject.txt \
	conf/mail/en/export-ready.txt \
	conf/mail/en/import-finished.html \
	conf/mail/en/import-finished.subject.txt \
	conf/mail/en/import-finished.txt \
	conf/mail/en/parcel-delivered.html \
	conf/mail/en/parcel-delivered.subject.txt \
	conf/mail/en/parcel-delivered.txt \
	conf/mail/en/parcel-shipped.html \
	conf/mail/en/parcel-shipped.subject.txt \
	conf/mail/en/parcel-shipped.txt \
	conf/mail/en/return-approved.html \
	conf/mail/en/return-approved.subject.txt \
	conf/mail/en/return-approved.txt \
	conf/mail/en/return-received.html \
	conf/mail/en/return-received.subject.txt \
	conf/mail/en/return-received.txt \
	conf/mail/en/return-rejected.html \
	conf/mail/en/return-rejected.subject.txt \
	conf/mail/en/return-rejected.txt \
	conf/mail/en/payout-paid.html \
	conf/mail/en/payout-paid.subject.txt \
	conf/mail/en/payout-paid.txt \
	conf/mail/en/reset-password.html \
	conf/mail/en/reset-password.subject.txt \
	conf/mail/en/reset-password.txt \
	conf/mail/en/set-password.html \
	conf/mail/en/set-password.subject.txt \
	conf/mail/en/set-password.txt \
	conf/mail/en/signature.txt \
	conf/mail/en/subscription-asked.html \
	conf/mail/en/subscription-asked.subject.txt \
	conf/mail/en/subscription-asked.txt \
	conf/mail/en/subscription-cancelled.html \
	conf/mail/en/subscription-cancelled.subject.txt \
	conf/mail/en/subscription-cancelled.txt \
	conf/mail/en/subscription-charged.html \
	conf/mail/en/subscription-charged.subject.txt \
	conf/mail/en/subscription-charged.txt \
	conf/mail/en/subscription-coming.html \
	conf/mail/en/subscription-coming.subject.txt \
	conf/mail/en/subscription-coming.txt \
	conf/mail/en/subscription-ended.html \
	conf/mail/en/subscription-ended.subject.txt \
	conf/mail/en/subscription-ended.txt \
	conf/mail/en/subscription-failed.html \
	conf/mail/en/subscription-failed.subject.txt \
	conf/mail/en/subscription-failed.txt \
	conf/mail/en/verify-email.html \
	conf/mail/en/verify-email.subject.txt \
	conf/mail/en/verify-email.txt

# An installation that has a configuration keeps it.
install-data-local: install-configuration
uninstall-local: uninstall-configuration
install-configuration:
	$(MKDIR_P) '$(DESTDIR)$(sysconfdir)/haat'
	test -e '$(DESTDIR)$(sysconfdir)/haat/haat.conf' || \
		$(INSTALL) -m 640 '$(srcdir)/conf/haat.conf' '$(DESTDIR)$(sysconfdir)/haat/haat.conf'
uninstall-configuration:
	! cmp -s '$(srcdir)/conf/haat.conf' '$(DESTDIR)$(sysconfdir)/haat/haat.conf' || \
		rm -f '$(DESTDIR)$(sysconfdir)/haat/haat.conf'

# Data that the programs read where auth.common_passwords says.
dist_pkgdata_DATA = conf/common-passwords.txt conf/prometheus.rules.yml

EXTRA_DIST += \
	conf/haat.conf

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

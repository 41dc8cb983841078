# Units for an installed haat: templates filled with the places of this installation.
systemd_plain = systemd/haat@.socket systemd/haat.target systemd/haat-memcached.service
systemd_made = systemd/haat@.service systemd/haat-jobs@.service
systemd_templates = systemd/haat@.service.in systemd/haat-jobs@.service.in systemd/sandbox.conf

$(systemd_made): $(systemd_templates)
	$(AM_V_GEN)$(MKDIR_P) systemd && \
	sed -e '/^@sandbox[@]$$/{' -e 'r $(srcdir)/systemd/sandbox.conf' -e d -e '}' '$(srcdir)/$@.in' | \
	sed -e 's|@sbindir[@]|$(sbindir)|g' -e 's|@sysconfdir[@]|$(sysconfdir)|g' >'$@'

systemdsystemunit_DATA = $(systemd_made)
dist_systemdsystemunit_DATA = $(systemd_plain)
apiunitdir = $(systemdsystemunitdir)/haat@api.service.d
authunitdir = $(systemdsystemunitdir)/haat@auth.service.d
hooksunitdir = $(systemdsystemunitdir)/haat@hooks.service.d
bulkunitdir = $(systemdsystemunitdir)/haat@bulk.service.d
dist_apiunit_DATA = systemd/local-only.conf
dist_authunit_DATA = systemd/local-only.conf
dist_hooksunit_DATA = systemd/local-only.conf
dist_bulkunit_DATA = systemd/local-only.conf

tmpfilesdir = $(prefix)/lib/tmpfiles.d
sysusersdir = $(prefix)/lib/sysusers.d
install-data-local: install-system-files
uninstall-local: uninstall-system-files
install-system-files:
	$(MKDIR_P) '$(DESTDIR)$(tmpfilesdir)' '$(DESTDIR)$(sysusersdir)'
	$(INSTALL_DATA) '$(srcdir)/systemd/haat.tmpfiles' '$(DESTDIR)$(tmpfilesdir)/haat.conf'
	$(INSTALL_DATA) '$(srcdir)/systemd/haat.sysusers' '$(DESTDIR)$(sysusersdir)/haat.conf'
uninstall-system-files:
	rm -f '$(DESTDIR)$(tmpfilesdir)/haat.conf' '$(DESTDIR)$(sysusersdir)/haat.conf'

EXTRA_DIST += $(systemd_templates) systemd/haat.tmpfiles systemd/haat.sysusers
CLEANFILES += $(systemd_made)

libhaat_a_SOURCES += \
	src/ops/blocks.c src/ops/blocks.h \
	src/ops/block_routes.c \
	src/ops/drop.c src/ops/drop.h \
	src/ops/backlog.c src/ops/backlog.h \
	src/ops/operations.c src/ops/operations.h src/ops/operations_files.c src/ops/operations_found.c src/ops/operations_look.c \
	src/ops/ops.h \
	src/ops/purge.c \
	src/ops/gauges.c src/ops/gauges.h \
	src/ops/queue_routes.c \
	src/ops/ready.c src/ops/ready.h \
	src/ops/routes.c

haatctl_sources = \
	src/ops/command.c src/ops/command.h \
	src/ops/ctl_check.c src/ops/check_after.c src/ops/check_replay.c src/ops/check_reports.c src/ops/check_rules.c src/ops/check_rules.h \
	src/ops/ctl_backup.c src/ops/ctl_cache.c src/ops/ctl_certificate.c src/ops/ctl_documents.c src/ops/ctl_history.c src/ops/history.c src/ops/history.h src/ops/ctl_jobs.c src/ops/ctl_ledger.c src/ops/ctl_pairs.c src/ops/ctl_reports.c src/ops/ctl_search.c \
	src/ops/ctl_webhook.c \
	src/ops/ctl_block.c \
	src/ops/ctl_config.c \
	src/ops/ctl_top.c src/ops/top_screen.c src/ops/top_screen.h \
	src/ops/ctl_mail.c \
	src/ops/ctl_migrate.c \
	src/ops/ctl_payments.c \
	src/ops/ctl_rates.c \
	src/ops/ctl_user.c \
	src/ops/ctl_user_import.c \
	src/ops/ctl_import.c src/ops/ctl_import_payments.c src/ops/ctl_import.h src/ops/import_run.c src/ops/import_file.c src/ops/import_file.h src/ops/import_order.c src/ops/import_order.h \
	src/ops/ctl_seed.c src/ops/seed.h \
	src/ops/seed.c src/ops/seed_blocks.c src/ops/seed_catalog.c src/ops/seed_coupons.c src/ops/seed_days.c src/ops/seed_orders.c src/ops/seed_payouts.c src/ops/seed_people.c src/ops/seed_pictures.c src/ops/seed_rates.c src/ops/seed_reports.c src/ops/seed_returns.c src/ops/seed_reviews.c \
	src/ops/seed_accounts.c src/ops/seed_sale.c src/ops/seed_sale_facts.c src/ops/seed_sale.h src/ops/seed_sale_money.c src/ops/seed_sale_rows.c src/ops/seed_sale_rows.h src/ops/seed_words.c

#include "shop.h"

#include "accounts/accounts.h"
#include "accounts/mailbox.h"
#include "base/metrics.h"
#include "base/recent.h"
#include "cart/cart.h"
#include "catalog/catalog.h"
#include "exchange/exchange.h"
#include "fulfilment/fulfilments.h"
#include "imports/import.h"
#include "imports/imports.h"
#include "inventory/inventory.h"
#include "invoices/file.h"
#include "invoices/invoices.h"
#include "ledger/account.h"
#include "ledger/routes.h"
#include "lists/bulk.h"
#include "lists/lists.h"
#include "live/live.h"
#include "media/jobs.h"
#include "media/routes.h"
#include "notify/letter.h"
#include "ops/operations.h"
#include "ops/ops.h"
#include "notify/kept.h"
#include "notify/notify.h"
#include "orders/orders.h"
#include "orders/pairs.h"
#include "pages/pages.h"
#include "people/avatar.h"
#include "people/export.h"
#include "people/people.h"
#include "payments/jobs.h"
#include "payments/method.h"
#include "payments/payments.h"
#include "payments/risk/jobs.h"
#include "payments/risk/review.h"
#include "payments/setup.h"
#include "payouts/payouts.h"
#include "promotions/promotions.h"
#include "payments/subscriptions/renew.h"
#include "payments/subscriptions/subscriptions.h"
#include "reports/fact.h"
#include "reports/reports.h"
#include "reviews/reviews.h"
#include "settlements/settlement.h"
#include "settlements/settlements.h"
#include "webhooks/webhooks.h"

const struct route_table *const shop_tables[] = {
	&account_table,
	&mailbox_table,
	&identity_table,
	&factor_table,
	&address_table,
	&user_table,
	&permission_table,
	&merchant_table,
	&api_key_table,
	&category_table,
	&brand_table,
	&rate_table,
	&report_table,
	&report_state_table,
	&goods_report_table,
	&product_table,
	&shop_table,
	&media_table,
	&inventory_table,
	&coupon_table,
	&imports_table,
	&cart_table,
	&wishlist_table,
	&visitor_table,
	&order_table,
	&imported_table,
	&fulfilments_table,
	&returns_table,
	&payments_table,
	&refunds_table,
	&requests_table,
	&disputes_table,
	&risk_table,
	&ledger_table,
	&payouts_table,
	&reviews_table,
	&methods_table,
	&plans_table,
	&subscriptions_table,
	&catalog_pages_table,
	&sitemap_table,
	&product_pages_table,
	&product_reviews_table,
	&sign_in_table,
	&register_table,
	&order_pages_table,
	&cart_page_table,
	&checkout_table,
	&pay_on_table,
	&wishlist_pages_table,
	&dress_table,
	&account_pages_table,
	&address_pages_table,
	&security_pages_table,
	&money_pages_table,
	&data_pages_table,
	&confirm_pages_table,
	&google_pages_table,
	&phone_pages_table,
	&review_pages_table,
	&pages_table,
	&letter_pages_table,
	&settlements_table,
	&invoices_table,
	&live_table,
	&webhooks_table,
	&webhook_events_table,
	&webhook_endpoints_table,
	&saved_views_table,
	&bulk_table,
	&people_table,
	&queue_table,
	&block_table,
	&ops_table,
	NULL,
};

const struct job_handler shop_jobs[] = {
	{ JOB_INVALIDATE_TREE, invalidate_tree_job },
	{ JOB_RELIST_MERCHANT, relist_merchant_job },
	{ JOB_PRINT_DOCUMENTS, print_documents_job },
	{ JOB_SEARCH_CATEGORY, search_category_job },
	{ JOB_SEARCH_BRAND, search_brand_job },
	{ JOB_SEARCH_PRODUCTS, search_products_job },
	{ JOB_IMPORT_PRODUCTS, import_products_job },
	{ JOB_COUNT_WORDS, count_words_job },
	{ JOB_COUNT_SALES, count_sales_job },
	{ JOB_COUNT_PAIRS, count_pairs_job },
	{ JOB_REFUND_PAYMENT, refund_payment_job },
	{ JOB_REFUND_ORDER, refund_order_job },
	{ JOB_RECONCILE_PAYMENT, reconcile_payment_job },
	{ JOB_RECONCILE_PAYMENTS, reconcile_payments_job },
	{ JOB_RENEW_SUBSCRIPTIONS, renew_subscriptions_job },
	{ JOB_RENEW_SUBSCRIPTION, renew_subscription_job },
	{ JOB_END_PERIOD_ATTEMPTS, end_period_attempts_job },
	{ JOB_EXPIRE_ORDERS, expire_orders_job },
	{ JOB_FOLLOW_PARCELS, follow_parcels_job },
	{ JOB_POST_FREE_ORDER, post_free_order_job },
	{ JOB_END_RETURN, end_return_job },
	{ JOB_END_REQUEST, end_request_job },
	{ JOB_EXPIRE_REQUESTS, expire_requests_job },
	{ JOB_KEEP_METHOD, keep_method_job },
	{ JOB_SETTLE_SETUP, settle_setup_job },
	{ JOB_SETTLE_SETUPS, settle_setups_job },
	{ JOB_RESEAL_METHODS, reseal_methods_job },
	{ JOB_FORGET_METHODS, forget_methods_job },
	{ JOB_REPLAY_WEBHOOK, replay_webhooks_job },
	{ JOB_CONFIRM_WEBHOOK, confirm_webhooks_job },
	{ JOB_CONFIRM_SUBSCRIPTION, confirm_subscription_job },
	{ JOB_FOLD_LEDGER, fold_ledger_job },
	{ JOB_FOLD_REPORTS, fold_reports_job },
	{ JOB_ASK_RESET, ask_reset_job },
	{ JOB_WRITE_LETTERS, write_letters_job },
	{ JOB_SEND_LETTER, send_letter_job },
	{ JOB_RECONCILE_SETTLEMENT, reconcile_settlement_job },
	{ JOB_ISSUE_INVOICES, issue_invoices_job },
	{ JOB_CREDIT_REFUND, credit_refund_job },
	{ JOB_PRINT_INVOICES, print_invoices_job },
	{ JOB_CLOSE_TESTED, close_tested_job },
	{ JOB_DECLINE_REVIEWED, decline_reviewed_job },
	{ JOB_LEARN_RISK, learn_risk_job },
	{ JOB_WATCH_PARTS, watch_parts_job },
	{ JOB_WATCH_BANDS, watch_bands_job },
	{ JOB_TAKE_UP_DELIVERIES, take_up_deliveries_job },
	{ JOB_REMOVE_ENDPOINT, remove_endpoint_job },
	{ JOB_MAKE_SIZES, make_sizes_job },
	{ JOB_REMOVE_MEDIA, remove_media_job },
	{ JOB_SHOW_MEDIA, show_media_job },
	{ JOB_SHOW_REVIEW_MEDIA, show_review_media_job },
	{ JOB_SHOW_AVATAR, show_avatar_job },
	{ JOB_EXPORT_PERSON, export_person_job },
	{ JOB_RUN_BULK, run_bulk_job },
	{ JOB_ERASE_ACCOUNTS, erase_accounts_job },
	{ JOB_PURGE, purge_old },
};
const size_t shop_jobs_count = sizeof shop_jobs / sizeof *shop_jobs;

static const char *const status_values[] = { "200", "201", "202", "204", "303", "304", "400", "401", "402", "403", "404", "405",
	"409", "410", "412", "413", "415", "422", "429", "500", "502", "503" };

void
shop_metrics_open(const char *run_directory)
{
	static const char *kinds[JOB__COUNT], *lanes[LANE__COUNT];

	for (enum job_kind kind = 0; kind < JOB__COUNT; kind++)
		kinds[kind] = job_kind_name(kind);
	for (enum job_lane lane = 0; lane < LANE__COUNT; lane++)
		lanes[lane] = job_lane_name(lane);
	metrics_label_values(LABEL_ROUTE, route_ids(), routes_count());
	metrics_label_values(LABEL_STATUS, status_values, sizeof status_values / sizeof *status_values);
	metrics_label_values(LABEL_KIND, kinds, JOB__COUNT);
	metrics_label_values(LABEL_LANE, lanes, LANE__COUNT);
	metrics_open(run_directory);
	recent_open(run_directory);
}

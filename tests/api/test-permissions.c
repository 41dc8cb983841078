/*
 * Every route, called by everybody.  The table here is a copy of what the product's description says, made by hand, so that
 * a wrong permission in a route's row is seen; and a route without a line here is a failure.
 */
#include "tests/api/shopping.h"

#include "http/route.h"
#include "shop.h"

#include <string.h>

enum { COLUMNS = 6 };

static const char *const roles[COLUMNS] = { "admin", "account_manager", "warehouse", "accountant", "shopkeeper", "customer" };

/*
 * x: may call it, be it for their own things alone; k behind the others: an API key that has all scopes may; "public": anybody
 * may, signed in or not; "ticket": whoever has one, and nobody else, signed in or not.
 */
static const struct row {
	const char *id, *cells;
} rows[] = {
	/*                          admin, account manager, warehouse, accountant, shopkeeper, customer */
	{ "registerCustomer", "public" },
	{ "registerShopkeeper", "public" },
	{ "login", "public" },
	{ "refresh", "public" },
	{ "signInWithGoogle", "public" },
	{ "showPhonePage", "public" },
	{ "signInByPhoneOnPage", "public" },
	{ "signInWithGoogleOnPage", "public" },
	{ "returnFromGoogleOnPage", "public" },
	{ "finishWithGoogleOnPage", "public" },
	{ "showRobots", "public" },
	{ "showSitemap", "public" },
	{ "showSitemapPart", "public" },
	{ "showHome", "public" },
	{ "showCategoryPage", "public" },
	{ "showSearchPage", "public" },
	{ "showDressFile", "public" },
	{ "showShopPage", "public" },
	{ "showProductPage", "public" },
	{ "showRelatedPage", "public" },
	{ "showProductReviewsPage", "public" },
	{ "showWishlistPage", "-----x" },
	{ "addToWishlistOnPage", "-----x" },
	{ "removeFromWishlistOnPage", "-----x" },
	{ "moveToCartOnPage", "-----x" },
	{ "showReviewsPage", "-----x" },
	{ "showReviewForm", "-----x" },
	{ "writeReviewOnPage", "-----x" },
	{ "deleteReviewOnPage", "-----x" },
	{ "likeReviewOnPage", "-----x" },
	{ "showOrdersPage", "-----x" },
	{ "showImportedOrdersPage", "-----x" },
	{ "showOrderPage", "-----x" },
	{ "cancelOnPage", "-----x" },
	{ "returnOnPage", "-----x" },
	{ "cancelReturnOnPage", "-----x" },
	{ "payOnPage", "-----x" },
	{ "showSignInPage", "public" },
	{ "signInOnPage", "public" },
	{ "beginBrowserSession", "public" },
	{ "signOutOnPage", "xxxxxx" },
	{ "showVisitor", "public" },
	{ "showAccountPage", "xxxxxx" },
	{ "changeProfileOnPage", "xxxxxx" },
	{ "changePictureOnPage", "xxxxxx" },
	{ "removePictureOnPage", "xxxxxx" },
	{ "askVerificationOnPage", "xxxxxx" },
	{ "showAddressesPage", "-----x" },
	{ "showNewAddressPage", "-----x" },
	{ "addOwnAddressOnPage", "-----x" },
	{ "showAddressPage", "-----x" },
	{ "changeAddressOnPage", "-----x" },
	{ "makeAddressDefaultOnPage", "-----x" },
	{ "deleteAddressOnPage", "-----x" },
	{ "showSecurityPage", "xxxxxx" },
	{ "changePasswordOnPage", "xxxxxx" },
	{ "endSessionOnPage", "xxxxxx" },
	{ "endSessionsOnPage", "xxxxxx" },
	{ "removeIdentityOnPage", "xxxxxx" },
	{ "changeEmailOnPage", "xxxxxx" },
	{ "confirmOnPage", "xxxxxx" },
	{ "showMoneyPage", "----xx" },
	{ "deleteMethodOnPage", "----xx" },
	{ "makeMethodDefaultOnPage", "----xx" },
	{ "cancelSubscriptionOnPage", "-----x" },
	{ "pauseSubscriptionOnPage", "-----x" },
	{ "resumeSubscriptionOnPage", "-----x" },
	{ "showDataPage", "xxxxxx" },
	{ "askExportOnPage", "xxxxxx" },
	{ "deleteAccountOnPage", "xxxxxx" },
	{ "showRegisterPage", "public" },
	{ "registerOnPage", "public" },
	{ "showRegisterShopPage", "public" },
	{ "registerShopOnPage", "public" },
	{ "showCartPage", "public" },
	{ "putOnPage", "public" },
	{ "changeOnPage", "public" },
	{ "removeOnPage", "public" },
	{ "putAsideOnPage", "-----x" },
	{ "setCouponOnPage", "public" },
	{ "showCheckoutPage", "public" },
	{ "sayWhoOnPage", "public" },
	{ "addAddressOnPage", "-----x" },
	{ "placeOnPage", "-----x" },
	{ "showUnsubscribe", "public" },
	{ "unsubscribe", "public" },
	{ "showVerifyPage", "public" },
	{ "verifyByPage", "public" },
	{ "showResetPage", "public" },
	{ "resetByPage", "public" },
	{ "showForgotPage", "public" },
	{ "askResetByPage", "public" },
	{ "returnFromGoogle", "public" },
	{ "exchangeSignInCode", "public" },
	{ "signInByPhone", "public" },
	{ "logout", "xxxxxx" },
	{ "logoutAll", "xxxxxx" },
	{ "listSessions", "xxxxxx" },
	{ "endSession", "xxxxxx" },
	{ "listIdentities", "xxxxxx" },
	{ "removeIdentity", "xxxxxx" },
	{ "showMe", "xxxxxx" },
	{ "changeMe", "xxxxxx" },
	{ "changePassword", "xxxxxx" },
	{ "confirm", "xxxxxx" },
	{ "replaceAvatar", "xxxxxx" },
	{ "removeAvatar", "xxxxxx" },
	{ "exportMe", "xxxxxx" },
	{ "showMyExport", "xxxxxx" },
	{ "listSavedViews", "xxxxxx" },
	{ "createSavedView", "xxxxxx" },
	{ "deleteSavedView", "xxxxxx" },
	{ "listBulkActions", "xxxxxx" },
	{ "requestBulkAction", "xxx-x-" },
	{ "countBulkMatches", "xxx-x-" },
	{ "showBulkAction", "xxxxxx" },
	{ "listBulkRows", "xxxxxx" },
	{ "retryBulkAction", "xxx-x-" },
	{ "sendMyExport", "xxxxxx" },
	{ "deleteMe", "xxxxxx" },
	{ "deleteUser", "x-----" },
	{ "verifyEmail", "public" },
	{ "resendVerification", "xxxxxx" },
	{ "changeEmail", "xxxxxx" },
	{ "forgotPassword", "public" },
	{ "beginSecondFactor", "xxxx--" },
	{ "verifySecondFactor", "xxxx--" },
	{ "removeSecondFactor", "xxxx--" },
	{ "removeLostFactor", "x-----" },
	{ "resetPassword", "public" },
	{ "uploadMedia", "xxxxxx" },
	{ "deleteMedia", "xxxxxx" },
	/* order:place, cart, addresses */
	{ "createAddress", "-----x" },
	{ "listAddresses", "-----x" },
	{ "showAddress", "-----x" },
	{ "changeAddress", "-----x" },
	{ "replaceAddress", "-----x" },
	{ "deleteAddress", "-----x" },
	{ "createGuestCart", "public" },
	{ "mergeCart", "-----x" },
	{ "showCart", "-----x" },
	{ "clearCart", "-----x" },
	{ "addCartItem", "-----x" },
	{ "changeCartItem", "-----x" },
	{ "removeCartItem", "-----x" },
	{ "quoteOrder", "-----x" },
	{ "placeOrder", "-----x" },
	{ "createPayment", "-----x" },
	{ "cancelPayment", "-----x" },
	{ "verifyPayment", "-----x" },
	{ "simulateWebhook", "public" },
	/* user:read, user:manage, merchant:verify */
	{ "listUsers", "xx----" },
	{ "listPermissions", "xx----" },
	{ "showUser", "xx----" },
	{ "changeUser", "x-----" },
	{ "listMerchants", "xx----" },
	{ "showMerchant", "xx--x-" },
	{ "changeMerchant", "xx----" },
	{ "activateMerchant", "xx----" },
	{ "suspendMerchant", "xx----" },
	{ "showShop", "public" },
	{ "showOwnShop", "----x-" },
	{ "changeOwnShop", "----x-" },
	/* catalog:write */
	{ "listBrands", "public" },
	{ "showBrand", "public" },
	{ "createBrand", "x-----" },
	{ "changeBrand", "x-----" },
	{ "replaceBrand", "x-----" },
	{ "deleteBrand", "x-----" },
	{ "showCategoryTree", "public" },
	{ "listCategories", "public" },
	{ "showCategory", "public" },
	{ "createCategory", "x-----" },
	{ "changeCategory", "x-----" },
	{ "replaceCategory", "x-----" },
	{ "deleteCategory", "x-----" },
	{ "listCurrencies", "public" },
	{ "listRates", "public" },
	{ "typeRate", "x--x--" },
	{ "listProducts", "public" },
	{ "suggestProducts", "public" },
	{ "showProduct", "public" },
	{ "createProduct", "x---x-" },
	{ "changeProduct", "x---x-" },
	{ "replaceProduct", "x---x-" },
	{ "deleteProduct", "x---x-" },
	{ "restoreProduct", "x---x-" },
	{ "addVariant", "x---x-" },
	{ "changeVariant", "x---x-" },
	{ "replaceVariant", "x---x-" },
	{ "deleteVariant", "x---x-" },
	{ "recommendProducts", "public" },
	{ "showBoughtTogether", "public" },
	{ "listWishlist", "-----x" },
	{ "addToWishlist", "-----x" },
	{ "removeFromWishlist", "-----x" },
	{ "moveToCart", "-----x" },
	{ "listReviews", "public" },
	{ "listAllReviews", "xx--x-" },
	{ "showReview", "public" },
	{ "createReview", "-----x" },
	{ "replaceReview", "-----x" },
	{ "changeReview", "-----x" },
	{ "likeReview", "-----x" },
	{ "unlikeReview", "-----x" },
	{ "deleteReview", "xx---x" },
	{ "hideReview", "xx----" },
	{ "unhideReview", "xx----" },
	{ "listReplies", "public" },
	{ "createReply", "x---x-" },
	/* inventory:write */
	{ "showStock", "x-x-x-" },
	{ "listStock", "x-x-x-" },
	{ "changeThreshold", "x-x-x-" },
	{ "adjustStock", "x-x-x-" },
	{ "listMovements", "x-x-x-" },
	/* order:read_all, order:fulfil; a customer cancels their own */
	{ "listShippingMethods", "public" },
	{ "listOrders", "xxxxxx" },
	{ "listImportedOrders", "xxxxxx" },
	{ "showImportedOrder", "xxxxxx" },
	{ "showOrder", "xxxxxx" },
	{ "showTimeline", "xxxxxx" },
	{ "createOrderLiveTicket", "xxxxxx" },
	{ "createLiveTicket", "x-x-xx" },
	{ "listen", "ticket" },
	{ "cancelOrder", "x-x--x" },
	{ "changeOrder", "x-x-x-" },
	{ "listFulfilments", "xxxxxx" },
	{ "listAllFulfilments", "xxxxx-k" },
	{ "showSlips", "x-x-x-k" },
	{ "packFulfilment", "x-x-x-k" },
	{ "unpackFulfilment", "x-x-x-k" },
	{ "shipFulfilment", "x-x-x-k" },
	{ "deliverFulfilment", "x-x-x-k" },
	{ "returnFulfilment", "x-x-x-k" },
	{ "requestReturn", "x-x--x" },
	{ "listReturns", "xxxxxx" },
	{ "showReturn", "xxxxxx" },
	{ "approveReturn", "xx--x-" },
	{ "rejectReturn", "xx--x-" },
	{ "receiveReturn", "x-x-x-" },
	{ "cancelReturn", "-----x" },
	{ "cancelFulfilment", "x-x-xxk" },
	{ "confirmPayment", "x-x-x-" },
	{ "failPayment", "x-x-x-" },
	{ "collectPayment", "x-xxx-" },
	/* payment:read_all, payment:refund */
	{ "listPayments", "x--xxxk" },
	{ "showPayment", "x--xxxk" },
	{ "listOrderPayments", "x--xxx" },
	{ "listRefunds", "x--xxxk" },
	{ "listAllRefunds", "x--x--" },
	{ "listInvoices", "xxxxx-k" },
	{ "refundPayment", "x--xx-k" },
	{ "previewRefund", "x--xx-k" },
	{ "changePayment", "x--xx-k" },
	{ "initializePayment", "----x-k" },
	{ "setPaymentStatus", "----x-k" },
	{ "createPaymentMethod", "----xxk" },
	{ "listPaymentMethods", "----xxk" },
	{ "showPaymentMethod", "----xxk" },
	{ "changePaymentMethod", "----xxk" },
	{ "returnToPaymentMethod", "public" },
	{ "deletePaymentMethod", "----xxk" },
	{ "beginAttempt", "public" },
	{ "listShopsApiKeys", "xx----" },
	{ "revokeShopsApiKey", "x-----" },
	{ "listApiKeys", "----x-" },
	{ "createApiKey", "----x-" },
	{ "rotateApiKey", "----x-" },
	{ "revokeApiKey", "----x-" },
	{ "releasePayment", "x--x--" },
	{ "refundHeldPayment", "x--x--" },
	{ "payRefund", "x--x--" },
	{ "listRiskRules", "x--x--" },
	{ "createRiskRule", "x--x--" },
	{ "switchOnLearnedRisk", "x--x--" },
	{ "replaceRiskRule", "x--x--" },
	{ "changeRiskRule", "x--x--" },
	{ "deleteRiskRule", "x--x--" },
	{ "approvePayment", "x--x--" },
	{ "declinePayment", "x--x--" },
	{ "listDisputes", "x--xx-k" },
	{ "showDispute", "x--xx-k" },
	{ "sendEvidence", "x--xx-" },
	{ "acceptDispute", "x--xx-" },
	/* ledger:read, payout:manage, payout:read_own */
	{ "reportDashboard", "xx-xx-k" },
	{ "reportInventory", "xxxxx-" },
	{ "reportPayments", "x--xx-" },
	{ "reportWebhooks", "x--x--" },
	{ "reportCustomers", "xx-x--" },
	{ "reportSales", "xx-xx-k" },
	{ "reportHeatmap", "xx-xx-k" },
	{ "reportProfitAndLoss", "x--xx-" },
	{ "reportProducts", "xx-xx-k" },
	{ "reportMerchants", "x--xx-" },
	{ "reportTax", "x--xx-" },
	{ "listLedgerAccounts", "x--x--" },
	{ "listLedgerEntries", "x--x--" },
	{ "showMerchantBalance", "x--xx-k" },
	{ "listStatements", "x--xx-" },
	{ "exportStatements", "x--xx-" },
	{ "listPayouts", "x--xx-k" },
	{ "draftPayout", "x--x--" },
	{ "approvePayout", "x--x--" },
	{ "payPayout", "x--x--" },
	{ "rejectPayout", "x--x--" },
	{ "bouncePayout", "x--x--" },
	/* plan:write */
	{ "listPlans", "public" },
	{ "showPlan", "public" },
	{ "createPlan", "x---x-k" },
	{ "changePlan", "x---x-k" },
	/* coupon:write */
	{ "checkCoupon", "public" },
	{ "listCoupons", "x---x-k" },
	{ "showCoupon", "x---x-k" },
	{ "createCoupon", "x---x-k" },
	{ "replaceCoupon", "x---x-k" },
	{ "changeCoupon", "x---x-k" },
	{ "deleteCoupon", "x---x-k" },
	/* subscription:manage; a customer's own, and order:place */
	{ "listSubscriptions", "x--xxxk" },
	{ "showSubscription", "x--xxxk" },
	{ "subscribe", "-----x" },
	{ "cancelSubscription", "x---xxk" },
	{ "pauseSubscription", "x---xxk" },
	{ "resumeSubscription", "x---xxk" },
	{ "changeSubscription", "x---xx" },
	{ "importProducts", "x---x-k" },
	{ "exportProducts", "x---x-k" },
	{ "listImports", "x---x-k" },
	{ "showImport", "x---x-k" },
	{ "downloadImportErrors", "x---x-k" },
	{ "cancelImport", "x---x-k" },
	{ "receiveSettlement", "x--x--" },
	{ "listSettlements", "x--x--" },
	{ "showSettlement", "x--x--" },
	{ "returnFromProvider", "public" },
	{ "returnFromProviderByForm", "public" },
	{ "receiveWebhook", "public" },
	/* webhook:read, webhook:replay */
	{ "listWebhookEvents", "x--x--" },
	{ "showWebhookEvent", "x--x--" },
	{ "replayWebhookEvent", "x-----" },
	{ "dropWebhookEvent", "x-----" },
	{ "replayWebhookEvents", "x-----" },
	/* webhook:write */
	{ "listWebhookEndpoints", "x---x-k" },
	{ "createWebhookEndpoint", "x---x-k" },
	{ "showWebhookEndpoint", "x---x-k" },
	{ "replaceWebhookEndpoint", "x---x-k" },
	{ "changeWebhookEndpoint", "x---x-k" },
	{ "deleteWebhookEndpoint", "x---x-k" },
	{ "rotateWebhookSecret", "x---x-k" },
	{ "testWebhookEndpoint", "x---x-k" },
	{ "recoverWebhookEndpoint", "x---x-k" },
	{ "listWebhookDeliveries", "x---x-k" },
	{ "resendWebhookDelivery", "x---x-k" },
	/* job:manage, audit:read */
	{ "showOperations", "x-----" },
	{ "listJobs", "x-----" },
	{ "showJob", "x-----" },
	{ "retryJob", "x-----" },
	{ "dropJob", "x-----" },
	{ "listEvents", "x--x--" },
	{ "listAuditRecords", "x--x--" },
	/* block:manage */
	{ "listBlocks", "x-----" },
	{ "createBlock", "x-----" },
	{ "endBlock", "x-----" },
	{ "showHealth", "public" },
	{ "showReady", "public" },
	{ "showPayPage", "public" },
	{ "showPayOnPage", "public" },
	{ "showInvoice", "xxxxxx" },
	{ "showInvoicePage", "xxxxxx" },
	{ "showInvoicePdf", "xxxxxx" },
	{ "beginPayPage", "public" },
	{ "showStorePage", "public" },
	{ "showMetrics", "public" },
	{ "showApi", "public" },
	{ "showPostman", "public" },
	{ "showOpenApi", "public" },
};

enum { ROWS = sizeof rows / sizeof *rows };

static const struct row *
row_of(const char *id)
{
	for (size_t i = 0; i < ROWS; i++)
		if (strcmp(rows[i].id, id) == 0)
			return &rows[i];
	return NULL;
}

/* The path with an id in the place of each parameter that belongs to nothing. */
static const char *
nowhere(const char *path)
{
	const char *made = "";

	while (*path != '\0') {
		size_t plain = strcspn(path, "{");

		made = form("%s%.*s", made, (int)plain, path);
		path += plain;
		if (*path == '{') {
			made = form("%s01890000-0000-7000-8000-00000000dead", made);
			path += strcspn(path, "}") + 1;
		}
	}
	return made;
}

static void
report(const struct route *route, const char *who, const struct answer *answer, const char *expected)
{
	CU_assertImplementation(CU_FALSE, __LINE__,
	    form("%s as %s: %d %.200s, expected %s", route->id, who, answer->status, answer->body, expected), __FILE__, "",
	    CU_FALSE);
}

static struct answer
knock(const struct route *route, const char *token)
{
	bool with_body = route->method == POST || route->method == PATCH || route->method == PUT;

	return api_call(method_values[route->method], nowhere(form("%s%s", route->outside ? "/" : "", route->path)), token,
	    with_body ? "{}" : NULL, NULL);
}

/* Refused for want of a user, or of a permission?  Other refusals (400, 404, a webhook's signature) mean that it was let in. */
static bool
is_refused(const struct answer *answer, int status, const char *code)
{
	const char *got = text_at(answer, "code");

	/* A page says it in words. */
	return answer->status == status && (answer->json == NULL || (got != NULL && strcmp(got, code) == 0));
}

static void
knock_as_nobody(const struct route *route, const struct row *row)
{
	struct answer answer = knock(route, NULL);
	bool public = strcmp(row->cells, "public") == 0;

	if (is_refused(&answer, 401, "unauthenticated") == public)
		report(route, "nobody", &answer, public ? "to be let in" : "401");
}

static void
knock_without_ticket(const struct route *route, const char *token)
{
	struct answer answer = knock(route, token);

	if (!is_refused(&answer, 403, "forbidden"))
		report(route, token == NULL ? "nobody" : "somebody", &answer, "403");
}

static void
knock_as(const struct route *route, const struct row *row, size_t column, struct person *person)
{
	struct answer answer = knock(route, person->access);
	bool          allowed = strcmp(row->cells, "public") == 0 || row->cells[column] == 'x';

	if (is_refused(&answer, 401, "unauthenticated") || is_refused(&answer, 403, "forbidden") == allowed)
		report(route, roles[column], &answer, allowed ? "to be let in" : "403");
	if (strncmp(route->id, "logout", 6) == 0 || strcmp(route->id, "signOutOnPage") == 0)
		person_login(person);
	if (strcmp(route->id, "deleteMe") == 0)
		*person = person_new(roles[column]);
}

static void
knock_with_key(const struct route *route, const struct row *row, const char *key)
{
	struct answer answer = knock(route, key);
	bool          allowed = strcmp(row->cells, "public") == 0 || row->cells[COLUMNS] == 'k';

	if ((is_refused(&answer, 401, "unauthenticated") || is_refused(&answer, 403, "forbidden")) == allowed)
		report(route, "an API key", &answer, allowed ? "to be let in" : "401 or 403");
}

/* A key that may do all that keys may. */
static const char *
key_with_all_scopes(const struct person *seller)
{
	const char   *scopes = "";
	struct answer answer;

	for (unsigned bit = 0; bit < PERMISSION__COUNT; bit++)
		if (key_permissions(role_permissions(ROLE_SHOPKEEPER)) >> bit & 1)
			scopes =
			    form("%s%s\"%s\"", scopes, *scopes == '\0' ? "" : ", ", permission_name((enum permission_bit)bit));
	answer = api_post("/merchants/me/api-keys", seller->access, form("{\"name\": \"all\", \"scopes\": [%s]}", scopes));
	EXPECT(answer, 201);
	return text_at(&answer, "key");
}

static void
everybody_at_every_route(void)
{
	struct person shop = person_new("shopkeeper"), people[COLUMNS];
	const char   *key = key_with_all_scopes(&shop);

	for (size_t column = 0; column < COLUMNS; column++)
		people[column] = person_new(roles[column]);
	for (const struct route_table *const *table = shop_tables; *table != NULL; table++)
		for (size_t i = 0; i < (*table)->count; i++) {
			const struct route *route = &(*table)->routes[i];
			const struct row   *row = row_of(route->id);

			if (row == NULL) {
				CU_assertImplementation(CU_FALSE, __LINE__,
				    form("'%s' has no line in the table of this test", route->id), __FILE__, "", CU_FALSE);
				continue;
			}
			if (strcmp(row->cells, "ticket") == 0) {
				knock_without_ticket(route, NULL);
				knock_without_ticket(route, people[0].access);
				continue;
			}
			knock_as_nobody(route, row);
			for (size_t column = 0; column < COLUMNS; column++)
				knock_as(route, row, column, &people[column]);
			knock_with_key(route, row, key);
		}
}

static void
every_line_has_a_route(void)
{
	shop_directory();
	for (size_t i = 0; i < ROWS; i++) {
		bool found = false;

		for (const char *const *id = route_ids(); *id != NULL; id++)
			found = found || strcmp(*id, rows[i].id) == 0;
		if (!found)
			CU_assertImplementation(
			    CU_FALSE, __LINE__, form("there is no route '%s'", rows[i].id), __FILE__, "", CU_FALSE);
	}
}

/* An order of one seller's goods by one customer, with a payment on delivery. */
static struct trade {
	struct person seller, customer;
	struct goods  goods;
	const char   *order, *payment;
} trade;

static void
make_trade(void)
{
	struct answer answer;

	if (trade.order != NULL)
		return;
	trade.seller = person_new("shopkeeper");
	trade.customer = person_new("customer");
	trade.goods = goods_new(&trade.seller, "20.00", 10);
	trade.order = order_new(&trade.customer, address_new(&trade.customer), &trade.goods, 1);
	REQUIRE(trade.order != NULL);
	answer = payment_new(&trade.customer, trade.order, "cod");
	EXPECT(answer, 201);
	trade.payment = text_at(&answer, "reference");
}

/* The things of the trade: everybody who may call the route for "own" things, but owns none of these, finds nothing. */
static void
others_get_not_found(void)
{
	struct person seller, customer;
	const char   *order, *payment, *stock, *product;

	make_trade();
	seller = person_new("shopkeeper");
	customer = person_new("customer");
	order = form("/orders/%s", trade.order);
	payment = form("/payments/%s", trade.payment);
	stock = form("/inventory/%s", trade.goods.variant);
	product = form("/products/%s", trade.goods.product);
	EXPECT_PROBLEM(api_get(order, seller.access), 404, "not_found");
	EXPECT_PROBLEM(api_get(order, customer.access), 404, "not_found");
	EXPECT_PROBLEM(api_post(form("%s/cancel", order), customer.access, "{}"), 404, "not_found");
	EXPECT_PROBLEM(api_get(form("%s/payments", order), seller.access), 404, "not_found");
	EXPECT_PROBLEM(api_get(form("%s/payments", order), customer.access), 404, "not_found");
	EXPECT_PROBLEM(api_get(payment, seller.access), 404, "not_found");
	EXPECT_PROBLEM(api_get(payment, customer.access), 404, "not_found");
	EXPECT_PROBLEM(api_post(form("%s/cancel", payment), customer.access, "{}"), 404, "not_found");
	EXPECT_PROBLEM(api_post(form("%s/confirm", payment), seller.access, "{}"), 404, "not_found");
	EXPECT_PROBLEM(api_post(form("%s/refunds", payment), seller.access, "{\"reason\": \"mine\"}"), 404, "not_found");
	EXPECT_PROBLEM(api_get(form("%s/refunds", payment), seller.access), 404, "not_found");
	EXPECT_PROBLEM(api_post("/payments", customer.access, form("{\"order_id\": \"%s\", \"provider\": \"cod\"}", trade.order)),
	    404, "not_found");
	EXPECT_PROBLEM(api_get(stock, seller.access), 404, "not_found");
	EXPECT_PROBLEM(api_get(form("%s/movements", stock), seller.access), 404, "not_found");
	EXPECT_PROBLEM(
	    api_post(form("%s/adjustments", stock), seller.access, "{\"delta\": 5, \"reason\": \"mine\"}"), 404, "not_found");
	EXPECT_PROBLEM(api_patch(product, seller.access, "{\"name\": \"Mine now\"}"), 404, "not_found");
	EXPECT_PROBLEM(api_delete(product, seller.access), 404, "not_found");
	EXPECT_PROBLEM(
	    api_patch(form("/variants/%s", trade.goods.variant), seller.access, "{\"barcode\": \"1\"}"), 404, "not_found");
	CHECK_TEXT(sql_text("SELECT status FROM orders WHERE id = '%s'", trade.order), "pending");
	CHECK_INT(sql_number("SELECT on_hand FROM inventory WHERE variant_id = '%s'", trade.goods.variant), 10);
}

static void
owners_and_staff_find_them(void)
{
	static const char *const readers[] = { "admin", "account_manager", "warehouse", "accountant" };
	const char              *order, *payments, *stock;

	make_trade();
	order = form("/orders/%s", trade.order);
	payments = form("%s/payments", order);
	stock = form("/inventory/%s", trade.goods.variant);
	EXPECT(api_get(order, trade.seller.access), 200);
	EXPECT(api_get(order, trade.customer.access), 200);
	EXPECT(api_get(payments, trade.seller.access), 200);
	EXPECT(api_get(payments, trade.customer.access), 200);
	EXPECT(api_get(stock, trade.seller.access), 200);
	for (size_t i = 0; i < sizeof readers / sizeof *readers; i++) {
		struct person person = person_new(readers[i]);
		bool          money = i == 0 || i == 3, store = i == 0 || i == 2;

		EXPECT(api_get(order, person.access), 200);
		EXPECT(api_get(payments, person.access), money ? 200 : 403);
		EXPECT(api_get(form("/payments/%s", trade.payment), person.access), money ? 200 : 403);
		EXPECT(api_get(stock, person.access), store ? 200 : 403);
	}
}

/* A permission beyond the role opens what it names, and nothing else, at once. */
static void
an_extra_permission_opens_its_routes_only(void)
{
	struct person person = person_new("customer");

	EXPECT_PROBLEM(api_get("/users", person.access), 403, "forbidden");
	sql_run("INSERT INTO user_permissions (user_id, permission) VALUES ('%s', 'user:read')", person.id);
	EXPECT(api_get("/users?page_size=1", person.access), 200);
	EXPECT_PROBLEM(api_patch(form("/users/%s", person.id), person.access, "{}"), 403, "forbidden");
	sql_run("DELETE FROM user_permissions WHERE user_id = '%s'", person.id);
	EXPECT_PROBLEM(api_get("/users", person.access), 403, "forbidden");
}

SUITE("api: permissions", TEST(everybody_at_every_route), TEST(every_line_has_a_route), TEST(others_get_not_found),
    TEST(owners_and_staff_find_them), TEST(an_extra_permission_opens_its_routes_only))

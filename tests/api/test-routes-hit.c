/*
 * Runs behind all other programs: did each route of the shop answer with success at least once, did it ask the database no
 * more often than it may, and did what writes leave a record in the audit?
 */
#include "tests/api/api.h"

#include "http/route.h"
#include "shop.h"

#include <stdio.h>
#include <string.h>

/* What all tests together saw of a route. */
struct seen {
	long fewest_trips; /* -1: the route was never hit */
	long audited;      /* the most records of the audit that one call left */
};

static struct seen
seen_of(const char *id)
{
	char        line[200], noted[100];
	long        trips, audited;
	struct seen seen = { .fewest_trips = -1 };
	FILE       *file = fopen(routes_hit_path(), "re");

	while (file != NULL && fgets(line, sizeof line, file) != NULL) {
		if (sscanf(line, "%99s %ld %ld", noted, &trips, &audited) != 3 || strcmp(noted, id) != 0)
			continue;
		if (seen.fewest_trips < 0 || trips < seen.fewest_trips)
			seen.fewest_trips = trips;
		if (audited > seen.audited)
			seen.audited = audited;
	}
	if (file != NULL)
		fclose(file);
	return seen;
}

/*
 * How many round trips a call may take, where no worker is new and nobody is in the way: that is, the fewest of all tests.
 * The first of a signed-in call says who asks.  What writes has two to spare.
 */
static const struct budget {
	const char *id;
	long        trips;
} budgets[] = {
	{ "registerCustomer", 9 },
	{ "registerShopkeeper", 17 },
	{ "login", 11 },
	{ "refresh", 7 },
	{ "signInWithGoogle", 1 },
	{ "listIdentities", 2 },
	{ "removeIdentity", 8 },
	{ "showPhonePage", 0 },
	{ "signInByPhoneOnPage", 18 },
	{ "signInWithGoogleOnPage", 1 },
	{ "returnFromGoogleOnPage", 9 },
	{ "finishWithGoogleOnPage", 14 },
	{ "showRobots", 0 },
	{ "showSitemap", 3 },
	{ "showSitemapPart", 1 },
	{ "showHome", 0 },
	{ "showCategoryPage", 0 },
	{ "showSearchPage", 4 },
	{ "showDressFile", 0 },
	{ "showShopPage", 0 },
	{ "showProductPage", 0 },
	{ "showRelatedPage", 8 },
	{ "showProductReviewsPage", 4 },
	{ "showWishlistPage", 2 },
	{ "addToWishlistOnPage", 9 },
	{ "removeFromWishlistOnPage", 6 },
	{ "moveToCartOnPage", 8 },
	{ "showReviewsPage", 3 },
	{ "showReviewForm", 5 },
	{ "writeReviewOnPage", 28 },
	{ "deleteReviewOnPage", 26 },
	{ "likeReviewOnPage", 19 },
	{ "showOrdersPage", 3 },
	{ "showImportedOrdersPage", 2 },
	{ "showOrderPage", 11 },
	{ "cancelOnPage", 17 },
	{ "returnOnPage", 17 },
	{ "cancelReturnOnPage", 17 },
	{ "payOnPage", 24 },
	{ "showSignInPage", 0 },
	{ "signInOnPage", 11 },
	{ "beginBrowserSession", 11 },
	{ "signOutOnPage", 5 },
	{ "showVisitor", 3 },
	{ "showAccountPage", 2 },
	{ "changeProfileOnPage", 9 },
	{ "changePictureOnPage", 14 },
	{ "removePictureOnPage", 13 },
	{ "askVerificationOnPage", 6 },
	{ "showAddressesPage", 2 },
	{ "showNewAddressPage", 1 },
	{ "addOwnAddressOnPage", 9 },
	{ "showAddressPage", 2 },
	{ "changeAddressOnPage", 10 },
	{ "makeAddressDefaultOnPage", 10 },
	{ "deleteAddressOnPage", 9 },
	{ "showSecurityPage", 3 },
	{ "changePasswordOnPage", 13 },
	{ "endSessionOnPage", 6 },
	{ "endSessionsOnPage", 6 },
	{ "removeIdentityOnPage", 7 },
	{ "changeEmailOnPage", 8 },
	{ "confirmOnPage", 8 },
	{ "showMoneyPage", 3 },
	{ "deleteMethodOnPage", 9 },
	{ "makeMethodDefaultOnPage", 11 },
	{ "cancelSubscriptionOnPage", 11 },
	{ "pauseSubscriptionOnPage", 11 },
	{ "resumeSubscriptionOnPage", 18 },
	{ "showDataPage", 2 },
	{ "askExportOnPage", 11 },
	{ "deleteAccountOnPage", 28 },
	{ "showRegisterPage", 0 },
	{ "registerOnPage", 16 },
	{ "showRegisterShopPage", 0 },
	{ "registerShopOnPage", 24 },
	{ "showCartPage", 4 },
	{ "putOnPage", 12 },
	{ "changeOnPage", 8 },
	{ "removeOnPage", 7 },
	{ "putAsideOnPage", 11 },
	{ "setCouponOnPage", 9 },
	{ "showCheckoutPage", 8 },
	{ "sayWhoOnPage", 22 },
	{ "addAddressOnPage", 10 },
	{ "placeOnPage", 12 },
	{ "showUnsubscribe", 0 },
	{ "unsubscribe", 6 },
	{ "showVerifyPage", 0 },
	{ "verifyByPage", 10 },
	{ "showResetPage", 0 },
	{ "resetByPage", 13 },
	{ "showForgotPage", 0 },
	{ "askResetByPage", 6 },
	{ "returnFromGoogle", 0 },
	{ "exchangeSignInCode", 9 },
	{ "signInByPhone", 11 },
	{ "logout", 6 },
	{ "logoutAll", 6 },
	{ "listSessions", 2 },
	{ "endSession", 6 },
	{ "showMe", 2 },
	{ "changeMe", 9 },
	{ "changePassword", 13 },
	{ "confirm", 9 },
	{ "verifyEmail", 10 },
	{ "resendVerification", 8 },
	{ "changeEmail", 10 },
	{ "forgotPassword", 6 },
	{ "beginSecondFactor", 8 },
	{ "verifySecondFactor", 12 },
	{ "removeSecondFactor", 8 },
	{ "removeLostFactor", 10 },
	{ "resetPassword", 13 },
	{ "uploadMedia", 7 },
	{ "deleteMedia", 9 },
	{ "replaceAvatar", 16 },
	{ "removeAvatar", 8 },
	{ "exportMe", 11 },
	{ "showMyExport", 2 },
	{ "listSavedViews", 2 },
	{ "createSavedView", 10 },
	{ "deleteSavedView", 7 },
	{ "listBulkActions", 2 },
	{ "requestBulkAction", 15 },
	{ "countBulkMatches", 4 },
	{ "showBulkAction", 3 },
	{ "listBulkRows", 3 },
	{ "retryBulkAction", 14 },
	{ "sendMyExport", 2 },
	{ "deleteMe", 23 },
	{ "deleteUser", 25 },
	{ "createAddress", 9 },
	{ "listAddresses", 2 },
	{ "showAddress", 2 },
	{ "changeAddress", 9 },
	{ "replaceAddress", 9 },
	{ "deleteAddress", 9 },
	{ "listUsers", 3 },
	{ "listPermissions", 1 },
	{ "showUser", 3 },
	{ "changeUser", 12 },
	{ "listMerchants", 3 },
	{ "showMerchant", 2 },
	{ "changeMerchant", 10 },
	{ "listApiKeys", 2 },
	{ "listShopsApiKeys", 2 },
	{ "revokeShopsApiKey", 6 },
	{ "createApiKey", 10 },
	{ "rotateApiKey", 11 },
	{ "revokeApiKey", 8 },
	{ "activateMerchant", 7 },
	{ "suspendMerchant", 9 },
	{ "showShop", 3 },
	{ "showOwnShop", 3 },
	{ "changeOwnShop", 16 },
	{ "showCategoryTree", 0 },
	{ "listCategories", 2 },
	{ "showCategory", 1 },
	{ "createCategory", 13 },
	{ "changeCategory", 11 },
	{ "replaceCategory", 12 },
	{ "deleteCategory", 9 },
	{ "listBrands", 2 },
	{ "showBrand", 1 },
	{ "createBrand", 7 },
	{ "changeBrand", 23 },
	{ "replaceBrand", 18 },
	{ "deleteBrand", 20 },
	{ "listCurrencies", 0 },
	{ "listRates", 1 },
	{ "typeRate", 9 },
	{ "recommendProducts", 2 },
	{ "showBoughtTogether", 2 },
	{ "listWishlist", 2 },
	{ "addToWishlist", 9 },
	{ "removeFromWishlist", 7 },
	{ "moveToCart", 15 },
	{ "listReviews", 2 },
	{ "listAllReviews", 2 },
	{ "showReview", 1 },
	{ "createReview", 23 },
	{ "replaceReview", 27 },
	{ "changeReview", 23 },
	{ "deleteReview", 21 },
	{ "hideReview", 24 },
	{ "unhideReview", 24 },
	{ "likeReview", 14 },
	{ "unlikeReview", 14 },
	{ "listReplies", 2 },
	{ "createReply", 22 },
	{ "listProducts", 9 },
	{ "suggestProducts", 4 },
	{ "showProduct", 2 },
	{ "createProduct", 26 },
	{ "changeProduct", 26 },
	{ "replaceProduct", 29 },
	{ "deleteProduct", 25 },
	{ "restoreProduct", 28 },
	{ "addVariant", 30 },
	{ "changeVariant", 27 },
	{ "replaceVariant", 30 },
	{ "deleteVariant", 28 },
	{ "showStock", 2 },
	{ "listStock", 2 },
	{ "changeThreshold", 8 },
	{ "adjustStock", 10 },
	{ "listMovements", 3 },
	{ "showCart", 2 },
	{ "clearCart", 6 },
	{ "addCartItem", 10 },
	{ "changeCartItem", 7 },
	{ "removeCartItem", 7 },
	{ "createGuestCart", 3 },
	{ "mergeCart", 11 },
	{ "listShippingMethods", 0 },
	{ "quoteOrder", 2 },
	{ "placeOrder", 12 }, /* with a coupon; 11 without: test-coupons */
	{ "listOrders", 2 },
	{ "listImportedOrders", 2 },
	{ "showImportedOrder", 4 },
	{ "showOrder", 3 },
	{ "showTimeline", 3 },
	{ "createOrderLiveTicket", 5 },
	{ "createLiveTicket", 4 },
	{ "listen", 1 },
	{ "cancelOrder", 15 },
	{ "listFulfilments", 4 },
	{ "listAllFulfilments", 2 },
	{ "showSlips", 3 },
	{ "packFulfilment", 13 },
	{ "unpackFulfilment", 12 },
	{ "shipFulfilment", 12 },
	{ "deliverFulfilment", 12 },
	{ "cancelFulfilment", 24 },
	{ "requestReturn", 16 },
	{ "listReturns", 3 },
	{ "showReturn", 3 },
	{ "approveReturn", 13 },
	{ "rejectReturn", 13 },
	{ "receiveReturn", 28 },
	{ "cancelReturn", 13 },
	{ "returnFulfilment", 24 },
	{ "createPayment", 17 },
	{ "listPayments", 2 },
	{ "showPayment", 2 },
	{ "cancelPayment", 12 },
	{ "initializePayment", 43 },
	{ "beginAttempt", 5 },
	{ "setPaymentStatus", 17 },
	{ "createPaymentMethod", 25 },
	{ "listPaymentMethods", 2 },
	{ "showPaymentMethod", 4 },
	{ "returnToPaymentMethod", 12 },
	{ "changePaymentMethod", 10 },
	{ "deletePaymentMethod", 10 },
	{ "verifyPayment", 16 },
	{ "simulateWebhook", 12 },
	{ "confirmPayment", 20 },
	{ "collectPayment", 23 },
	{ "failPayment", 32 },
	{ "refundPayment", 20 },
	{ "previewRefund", 4 },
	{ "releasePayment", 16 },
	{ "payRefund", 30 },
	{ "changePayment", 13 },
	{ "changeOrder", 12 },
	{ "refundHeldPayment", 19 },
	{ "listRiskRules", 3 },
	{ "createRiskRule", 8 },
	{ "switchOnLearnedRisk", 9 },
	{ "replaceRiskRule", 8 },
	{ "changeRiskRule", 8 },
	{ "deleteRiskRule", 8 },
	{ "approvePayment", 12 },
	{ "declinePayment", 18 },
	{ "listRefunds", 3 },
	{ "listAllRefunds", 2 },
	{ "listInvoices", 2 },
	{ "listDisputes", 2 },
	{ "showDispute", 2 },
	{ "sendEvidence", 29 },
	{ "acceptDispute", 39 },
	{ "reportDashboard", 6 },
	{ "reportInventory", 6 },
	{ "reportPayments", 6 },
	{ "reportWebhooks", 6 },
	{ "reportCustomers", 6 },
	{ "reportSales", 4 },
	{ "reportHeatmap", 4 },
	{ "reportProfitAndLoss", 4 },
	{ "reportProducts", 6 },
	{ "reportMerchants", 5 },
	{ "reportTax", 5 },
	{ "listLedgerAccounts", 3 },
	{ "listLedgerEntries", 3 },
	{ "showMerchantBalance", 5 },
	{ "listStatements", 5 },
	{ "exportStatements", 6 },
	{ "listPayouts", 2 },
	{ "draftPayout", 14 },
	{ "approvePayout", 18 },
	{ "payPayout", 16 },
	{ "rejectPayout", 14 },
	{ "bouncePayout", 16 },
	{ "listPlans", 3 },
	{ "showPlan", 2 },
	{ "listCoupons", 2 },
	{ "checkCoupon", 2 },
	{ "showCoupon", 2 },
	{ "createCoupon", 9 },
	{ "replaceCoupon", 10 },
	{ "changeCoupon", 10 },
	{ "deleteCoupon", 8 },
	{ "createPlan", 9 },
	{ "changePlan", 9 },
	{ "listSubscriptions", 2 },
	{ "showSubscription", 2 },
	{ "subscribe", 17 },
	{ "cancelSubscription", 9 },
	{ "pauseSubscription", 9 },
	{ "resumeSubscription", 15 },
	{ "changeSubscription", 17 },
	{ "importProducts", 12 },
	{ "exportProducts", 5 },
	{ "listImports", 2 },
	{ "showImport", 3 },
	{ "downloadImportErrors", 2 },
	{ "cancelImport", 12 },
	{ "receiveSettlement", 12 },
	{ "listSettlements", 2 },
	{ "showSettlement", 4 },
	{ "returnFromProvider", 23 },
	{ "returnFromProviderByForm", 0 },
	{ "listOrderPayments", 3 },
	{ "receiveWebhook", 5 },
	{ "listWebhookEvents", 2 },
	{ "showWebhookEvent", 2 },
	{ "replayWebhookEvent", 14 },
	{ "dropWebhookEvent", 12 },
	{ "replayWebhookEvents", 9 },
	{ "showWebhookEndpoint", 2 },
	{ "listWebhookDeliveries", 3 },
	{ "createWebhookEndpoint", 9 },
	{ "listWebhookEndpoints", 2 },
	{ "replaceWebhookEndpoint", 9 },
	{ "recoverWebhookEndpoint", 8 },
	{ "resendWebhookDelivery", 13 },
	{ "testWebhookEndpoint", 12 },
	{ "rotateWebhookSecret", 9 },
	{ "deleteWebhookEndpoint", 8 },
	{ "changeWebhookEndpoint", 9 },
	{ "showOperations", 8 },
	{ "listJobs", 2 },
	{ "showJob", 2 },
	{ "retryJob", 14 },
	{ "dropJob", 10 },
	{ "listEvents", 3 },
	{ "listAuditRecords", 3 },
	{ "listBlocks", 3 },
	{ "createBlock", 9 },
	{ "endBlock", 8 },
	{ "showHealth", 0 },
	{ "showReady", 1 },
	{ "showPayPage", 3 },
	{ "showPayOnPage", 3 },
	{ "showInvoice", 3 },
	{ "showInvoicePage", 3 },
	{ "showInvoicePdf", 4 },
	{ "showStorePage", 1 },
	{ "beginPayPage", 5 },
	{ "showMetrics", 7 },
	{ "showApi", 0 },
	{ "showPostman", 0 },
	{ "showOpenApi", 0 },
};

enum { BUDGETS = sizeof budgets / sizeof *budgets };

static const struct budget *
budget_of(const char *id)
{
	for (size_t i = 0; i < BUDGETS; i++)
		if (strcmp(budgets[i].id, id) == 0)
			return &budgets[i];
	return NULL;
}

static void
refuse(const char *says)
{
	CU_assertImplementation(CU_FALSE, __LINE__, says, __FILE__, "", CU_FALSE);
}

static void
every_route_was_hit(void)
{
	const char *const *id;

	shop_directory();
	for (id = route_ids(); *id != NULL; id++)
		if (seen_of(*id).fewest_trips < 0)
			refuse(form("no test had success with the route '%s'", *id));
	CHECK(id - route_ids() > 10);
}

static void
every_route_keeps_its_budget(void)
{
	size_t routes = 0;

	for (const char *const *id = route_ids(); *id != NULL; id++, routes++) {
		const struct budget *budget = budget_of(*id);
		long                 trips = seen_of(*id).fewest_trips;

		if (budget == NULL)
			refuse(form("the route '%s' has no budget; it takes %ld", *id, trips));
		else if (trips > budget->trips)
			refuse(form("the route '%s' takes %ld round trips, at most %ld are right", *id, trips, budget->trips));
	}
	CHECK_INT(routes, BUDGETS);
}

/* A call may change nothing and then leaves none; some call of the tests must have left one. */
static void
every_write_is_audited_or_says_why_not(void)
{
	size_t writes = 0;

	for (const struct route_table *const *table = routes_tables(); *table != NULL; table++)
		for (size_t i = 0; i < (*table)->count; i++) {
			const struct route *route = &(*table)->routes[i];

			if (route->method == GET || route->unaudited != NULL)
				continue;
			writes++;
			if (seen_of(route->id).audited == 0)
				refuse(form("the route '%s' leaves no record in the audit and does not say why", route->id));
		}
	CHECK(writes > 10);
}

SUITE("api: routes", TEST(every_route_was_hit), TEST(every_route_keeps_its_budget), TEST(every_write_is_audited_or_says_why_not))

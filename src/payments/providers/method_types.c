/* The kinds of payment methods; two are a provider's own ways to pay. */
#include "payments/method.h"

const char *const payment_method_type_values[] = { "card", "bank_account", "mobile_money", "crypto", "paypal", "stripe", NULL };

/* What stands in for PayPal's script: its button, behind which the payer agrees at once.  As there, part of it is an inline script. */
#include "sandbox/page.h"
#include "sandbox/paypal/paypal.h"

void
paypal_script_show(struct call *call)
{
	script_answer(call,
	    "'use strict';\n"
	    "(() => {\n"
	    "const { src, dataset } = document.currentScript, base = new URL(src).origin;\n"
	    "window.paypal = { Buttons: (options) => ({\n"
	    "	async render(place) {\n"
	    "		const script = document.createElement('script'), button = document.createElement('button');\n"
	    "		script.nonce = dataset.cspNonce;\n"
	    "		script.textContent = 'window.paypal.isReady = true';\n"
	    "		place.append(script);\n"
	    "		button.type = 'button';\n"
	    "		button.textContent = 'PayPal';\n"
	    "		button.addEventListener('click', async () => {\n"
	    "			const order = window.paypal.isReady && await options.createOrder();\n"
	    "			await fetch(`${base}/sandbox/paypal/pay/${order}`,\n"
	    "				{ method: 'POST', mode: 'no-cors', body: new URLSearchParams() });\n"
	    "			options.onApprove({ orderID: order, payerID: 'QYR5Z8XDVJNXQ' });\n"
	    "		});\n"
	    "		place.append(button);\n"
	    "	},\n"
	    "}) };\n"
	    "})();\n");
}

/* What stands in for Stripe.js: a field for a card's number, which decides as Stripe's test cards do. */
#include "sandbox/page.h"
#include "sandbox/stripe/stripe.h"

void
script_show(struct call *call)
{
	script_answer(call,
	    "'use strict';\n"
	    "(() => {\n"
	    "const base = new URL(document.currentScript.src).origin;\n"
	    "const acts = { 4000000000000002: 'fail', 4000000000000077: 'process' };\n"
	    "const intentOf = (secret) => secret.split('_secret_')[0];\n"
	    "const act = (name, intent) => fetch(`${base}/sandbox/stripe/${name}/${intent}`,\n"
	    "	{ method: 'POST', mode: 'no-cors', body: new URLSearchParams() });\n"
	    "function addField(place) {\n"
	    "	const label = document.createElement('label'), field = document.createElement('input');\n"
	    "	label.textContent = 'Card number ';\n"
	    "	field.id = 'stand-in-card';\n"
	    "	field.autocomplete = 'cc-number';\n"
	    "	field.inputMode = 'numeric';\n"
	    "	label.append(field);\n"
	    "	document.querySelector(place).append(label);\n"
	    "}\n"
	    "window.Stripe = () => ({\n"
	    "	elements: ({ clientSecret }) => ({ clientSecret, create: () => ({ mount: addField }) }),\n"
	    "	async confirmPayment({ elements, confirmParams }) {\n"
	    "		const intent = intentOf(elements.clientSecret), url = new URL(confirmParams.return_url);\n"
	    "		const name = acts[document.getElementById('stand-in-card').value.replaceAll(' ', '')] ?? 'pay';\n"
	    "		await act(name, intent);\n"
	    "		if (name === 'fail') return { error: { message: 'Your card was declined.' } };\n"
	    "		url.searchParams.set('payment_intent', intent);\n"
	    "		url.searchParams.set('redirect_status', name === 'pay' ? 'succeeded' : 'pending');\n"
	    "		location.assign(url);\n"
	    "		return new Promise(() => {});\n"
	    "	},\n"
	    "	retrievePaymentIntent: async (secret) => ({ paymentIntent: { id: intentOf(secret) } }),\n"
	    "	async confirmCardPayment(secret) {\n"
	    "		await act('pay', intentOf(secret));\n"
	    "		return { paymentIntent: { id: intentOf(secret) } };\n"
	    "	},\n"
	    "});\n"
	    "})();\n");
}

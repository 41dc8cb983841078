/*
 * What stands in for Razorpay's Checkout: a dialog with what the payer can do.  How it went is told by a script of its own, since the
 * dialog is part of the shop's page and may not read answers of another origin.
 */
#include "sandbox/page.h"
#include "sandbox/razorpay/razorpay.h"

void
razorpay_script_show(struct call *call)
{
	script_answer(call,
	    "'use strict';\n"
	    "(() => {\n"
	    "const base = new URL(document.currentScript.src).origin;\n"
	    "window.Razorpay = class {\n"
	    "	#options; #failed = () => {};\n"
	    "	constructor(options) { this.#options = options; }\n"
	    "	on(name, heard) { if (name === 'payment.failed') this.#failed = heard; }\n"
	    "	open() {\n"
	    "		const dialog = document.createElement('dialog');\n"
	    "		const add = (label, pressed) => {\n"
	    "			const button = document.createElement('button');\n"
	    "			button.type = 'button';\n"
	    "			button.textContent = label;\n"
	    "			button.addEventListener('click', () => { dialog.close(); dialog.remove(); pressed(); });\n"
	    "			dialog.append(button);\n"
	    "		};\n"
	    "		const act = (name) => {\n"
	    "			const script = document.createElement('script');\n"
	    "			script.src = `${base}/razorpay/checkout/${name}/${this.#options.order_id}`;\n"
	    "			document.head.append(script);\n"
	    "		};\n"
	    "		window.razorpayStandIn = (paid) => paid === null\n"
	    "			? this.#failed({ error: { description: 'The bank declined the payment.' } }) : this.#options.handler(paid);\n"
	    "		dialog.setAttribute('aria-label', 'Razorpay');\n"
	    "		add('Pay by card', () => act('pay'));\n"
	    "		add('Decline the card', () => act('fail'));\n"
	    "		add('Close', () => this.#options.modal.ondismiss());\n"
	    "		document.body.append(dialog);\n"
	    "		dialog.showModal();\n"
	    "	}\n"
	    "};\n"
	    "})();\n");
}

// Swagger UI over the document of this shop, a subject at a time: it resolves whatever it is given at once, and the whole document holds a
// browser up for a minute.  Its base layout; nobody else is asked to check the document.
'use strict';

const select = document.getElementById('subject');
const methods = ['get', 'post', 'put', 'patch', 'delete'];
const named = (tag) => tag.name.replaceAll(' ', '_'); // as its links have it

// The names of the schemas that a value refers to, and those that these refer to.
function schemasOf(value, all, found) {
	if (typeof value !== 'object' || value === null) return found;
	for (const [key, inner] of Object.entries(value)) {
		const name = key === '$ref' ? /^#\/components\/schemas\/(.+)$/.exec(inner)?.[1] : undefined;
		if (name !== undefined && !(name in found)) {
			found[name] = all[name];
			schemasOf(all[name], all, found);
		} else {
			schemasOf(inner, all, found);
		}
	}
	return found;
}

// The document with one subject's calls, and what they need.
function partOf(whole, tag) {
	const paths = {};

	for (const [path, item] of Object.entries(whole.paths)) {
		const calls = Object.entries(item).filter(([method, call]) => methods.includes(method) && call.tags.includes(tag.name));
		if (calls.length > 0) paths[path] = Object.fromEntries(calls);
	}
	const schemas = schemasOf([paths, whole.components.responses], whole.components.schemas, {});
	return { ...whole, tags: [tag], paths, components: { ...whole.components, schemas } };
}

function show(whole) {
	const place = document.createElement('main');

	place.id = 'swagger-ui';
	document.getElementById('swagger-ui').replaceWith(place);
	window.SwaggerUIBundle({
		spec: partOf(whole, whole.tags[select.selectedIndex]),
		dom_id: '#swagger-ui',
		layout: 'BaseLayout',
		presets: [window.SwaggerUIBundle.presets.apis],
		deepLinking: true,
		docExpansion: 'list',
		defaultModelsExpandDepth: -1,
		validatorUrl: null,
	});
}

async function start() {
	const whole = await (await fetch('/api/v1/openapi.json')).json();
	const asked = decodeURIComponent(window.location.hash.split('/')[1] ?? '');

	select.append(...whole.tags.map((tag) => new Option(tag.name)));
	select.selectedIndex = Math.max(0, whole.tags.findIndex((tag) => named(tag) === asked));
	select.addEventListener('change', () => {
		window.history.replaceState(null, '', `#/${encodeURIComponent(named(whole.tags[select.selectedIndex]))}`);
		show(whole);
	});
	show(whole);
}

start();

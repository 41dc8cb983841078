// Makes the types of the console's calls from the document of the API: types.mjs DOCUMENT >src/calls.ts
// A call is named by its method and path below /api/v1; a shape that changes there does not go with the console's sources any more.
import { readFileSync } from 'node:fs';

const { paths, components } = JSON.parse(readFileSync(process.argv[2], 'utf8'));
const base = '/api/v1';
const reference = (schema) => `Schemas[${JSON.stringify(schema.$ref.split('/').pop())}]`;
const isName = (name) => /^[A-Za-z_]\w*$/.test(name);

// What may stand for the schema in TypeScript.  Of what is sent, a member with a default may be left out.
function typeOf(schema) {
	if (!schema) return 'unknown';
	if (schema.$ref) return reference(schema);
	const any = schema.anyOf ?? schema.oneOf;
	if (any) return any.map(typeOf).join(' | ');
	if ('const' in schema) return JSON.stringify(schema.const);
	if (schema.enum) return schema.enum.map((value) => JSON.stringify(value)).join(' | ');
	const types = [schema.type ?? 'unknown'].flat();
	return types.map((type) => {
		switch (type) {
		case 'string': return 'string';
		case 'integer': case 'number': return 'number';
		case 'boolean': return 'boolean';
		case 'null': return 'null';
		case 'array': return `(${typeOf(schema.items)})[]`;
		case 'object': return objectOf(schema);
		default: return 'unknown';
		}
	}).join(' | ');
}

function objectOf(schema) {
	const members = Object.entries(schema.properties ?? {}).map(([name, member]) =>
		`${isName(name) ? name : JSON.stringify(name)}${schema.required?.includes(name) ? '' : '?'}: ${typeOf(member)};`);
	if (members.length === 0) return schema.additionalProperties && schema.additionalProperties !== true
		? `{ [name: string]: ${typeOf(schema.additionalProperties)} }` : '{ [name: string]: unknown }';
	return `{ ${members.join(' ')} }`;
}

const resolved = (parameter) => parameter.$ref ? components.parameters[parameter.$ref.split('/').pop()] : parameter;

function parametersOf(operation, place) {
	const members = (operation.parameters ?? []).map(resolved).filter((one) => one.in === place);
	return members.length === 0 ? '{}' : `{ ${members.map((one) => `${one.name}${one.required ? '' : '?'}: ${typeOf(one.schema)};`).join(' ')} }`;
}

const contentOf = (message) => message?.content?.['application/json']?.schema;

function answerOf(operation) {
	const status = Object.keys(operation.responses).find((one) => one.startsWith('2'));
	const schema = contentOf(operation.responses[status]);
	return schema ? typeOf(schema) : 'undefined';
}

console.log('// Made from the document of the API; see types.mjs.\nexport interface Schemas {');
for (const [name, schema] of Object.entries(components.schemas)) console.log(`\t${JSON.stringify(name)}: ${typeOf(schema)};`);
console.log('}\n\nexport interface Calls {');
for (const [path, item] of Object.entries(paths))
	if (path.startsWith(`${base}/`))
		for (const method of ['get', 'post', 'put', 'patch', 'delete'])
			if (item[method])
				console.log(`\t${JSON.stringify(`${method.toUpperCase()} ${path.slice(base.length)}`)}: { path: ${parametersOf(item[method], 'path')}; ` +
					`query: ${parametersOf(item[method], 'query')}; body: ${contentOf(item[method].requestBody) ? typeOf(contentOf(item[method].requestBody)) : 'undefined'}; answer: ${answerOf(item[method])} };`);
console.log('}');

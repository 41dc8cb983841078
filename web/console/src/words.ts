// What the console says, in the reader's language.  Words are loaded by area, with the area; formatters are made once.
import common from '../words/common.en.json';

type Message = string | { [form: string]: string };
export type Words = Record<string, Message>;
export type Parts = Record<string, string | number>;

/* The last one is English from right to left, to look at pages with. */
export const languages = ['en', 'bn', 'hi', 'ar-XB'] as const;
type Language = (typeof languages)[number];

const key = 'haat-console-language';
const isLanguage = (text: string | null | undefined): text is Language => languages.includes(text as Language);

function chosen(): Language {
	const asked = new URLSearchParams(location.search).get('lang');
	const wanted = [asked, stored(), ...navigator.languages.map((one) => one.split('-')[0])];
	const found = wanted.find(isLanguage) ?? 'en';
	if (isLanguage(asked)) localStorage.setItem(key, asked);
	return found;
}
function stored() {
	try { return localStorage.getItem(key); } catch { return null; }
}

export const language: Language = chosen();
const mirrored = language === 'ar-XB';
const locale = mirrored ? 'en' : language === 'en' ? 'en-GB' : `${language}-${language === 'bn' ? 'BD' : 'IN'}`;
document.documentElement.lang = mirrored ? 'ar' : language;
document.documentElement.dir = mirrored ? 'rtl' : 'ltr';

/* Goes on in another language. */
export function speak(next: Language) {
	localStorage.setItem(key, next);
	location.reload();
}

const all: Words = { ...common };
export function addWords(words: Words) {
	Object.assign(all, words);
}
/* Which of the files of an area's words is wanted. */
export const pick = <T>(files: { en: T; bn: T; hi: T }): T => files[mirrored ? 'en' : language as 'en' | 'bn' | 'hi'];

const plurals = new Intl.PluralRules(locale);

/* The message with its parts filled in: {name}, numbers as the reader writes them.  What has several forms has them by {n}. */
export function t(name: string, given: Parts = {}): string {
	const message = all[name];
	if (message === undefined) {
		console.error('No such message:', name);
		return name;
	}
	const text = typeof message === 'string' ? message : message[plurals.select(Number(given.n))] ?? message.other!;
	const filled = text.replace(/\{(\w+)\}/g, (_, part) => typeof given[part] === 'number' ? number(given[part] as number) : String(given[part] ?? ''));
	return mirrored ? `\u202e${filled}\u202c` : filled;
}
export const knows = (name: string) => name in all;

/* A word of the API, such as a status: the message "word.NAME", or the word with spaces. */
export const word = (name: string | null | undefined) => name ? (knows(`word.${name}`) ? t(`word.${name}`) : name.replaceAll('_', ' ')) : '–';

const made = new Map<string, Intl.NumberFormat | Intl.DateTimeFormat | Intl.RelativeTimeFormat>();
function maker<F extends Intl.NumberFormat | Intl.DateTimeFormat | Intl.RelativeTimeFormat>(name: string, make: () => F): F {
	let found = made.get(name) as F | undefined;
	if (!found) made.set(name, found = make());
	return found;
}

/* Amounts come as decimal texts and are formatted as such: never by way of a binary fraction. */
export const money = (amount: string | null | undefined, currency: string) => amount == null ? '–' :
	maker(`money ${currency}`, () => new Intl.NumberFormat(locale, { style: 'currency', currency })).format(amount as unknown as number);
export const number = (value: number) => maker('number', () => new Intl.NumberFormat(locale)).format(value);
export const tenth = (value: number) => maker('tenth', () => new Intl.NumberFormat(locale, { maximumFractionDigits: 1 })).format(value);
export const percent = (value: number) => maker('percent', () => new Intl.NumberFormat(locale, { style: 'percent', maximumFractionDigits: 1 })).format(value);
export const compact = (value: number) => maker('compact', () => new Intl.NumberFormat(locale, { notation: 'compact', maximumFractionDigits: 1 })).format(value);
/* A day is not broken over two lines. */
const whole = (text: string) => text.replaceAll(/ (?!\d\d?:)/g, '\u00a0');
export const day = (text: string | null | undefined) => text == null ? '–' : whole(maker('day', () => new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeZone: 'UTC' })).format(new Date(`${text.slice(0, 10)}T00:00:00Z`)));
export const time = (text: string | null | undefined) => text == null ? '–' : whole(maker('time', () => new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeStyle: 'short' })).format(new Date(text)));
export const ago = (text: string) => {
	const seconds = (Date.parse(text) - Date.now()) / 1000;
	const format = maker('ago', () => new Intl.RelativeTimeFormat(locale, { numeric: 'auto' }));
	const [size, unit] = ([[86400, 'day'], [3600, 'hour'], [60, 'minute']] as const).find(([one]) => Math.abs(seconds) >= one) ?? [1, 'second' as const];
	return format.format(Math.round(seconds / size), unit);
};
export const country = (code: string | null | undefined) => code == null ? '–' : new Intl.DisplayNames(locale, { type: 'region', fallback: 'code' }).of(code) ?? code;
export const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
/* The day as the calendar of the zone has it, so many days back: 2026-01-31. */
export const today = (of: string, back = 0) => maker(`today ${of}`, () => new Intl.DateTimeFormat('en-CA', { timeZone: of, year: 'numeric', month: '2-digit', day: '2-digit' })).format(new Date(Date.now() - back * 86_400_000));

/* JSON as people read it; what is none stays as it is. */
export const indented = (text: string | null) => { try { return JSON.stringify(JSON.parse(text ?? ''), null, 2); } catch { return text ?? ''; } };

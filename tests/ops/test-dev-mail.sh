#!/bin/sh
# ./dev mail lists letters as they were written, and shows one as its reader would see it.
set -u
top=$(cd "${srcdir:-$(dirname "$0")/../..}" && pwd) || exit 99
passed=0
failed=0
work=$(mktemp -d "${TMPDIR:-/tmp}/haat-mail.XXXXXX") || exit 99
trap 'rm -rf "$work"' EXIT
export HAAT_RUN="$work/run" HAAT_BUILD="$PWD"

# says WHAT WANTED [WORD...]: all that ./dev mail WORD... prints
says() {
	what=$1 wanted=$2
	shift 2
	output=$(bash "$top/dev" mail "$@" 2>&1)
	if [ "$output" = "$wanted" ]; then
		passed=$((passed + 1))
	else
		printf 'FAILED: %s: expected\n%s\nand got\n%s\n' "$what" "$wanted" "$output"
		failed=$((failed + 1))
	fi
}

# letter NAME SUBJECT ENCODING BODY: as notify/mail_message.c writes them, with CRLF
letter() {
	printf '%s\n' 'Date: Sun, 29 Nov 2026 17:56:59 +0000' 'From: "haat"' ' <shop@haat.test>' 'To: payer@example.test' "Subject: $2" \
		"Message-ID: <mail.$1@haat.test>" 'Content-Type: multipart/alternative; boundary="=_1"' '' '--=_1' \
		'Content-Type: text/plain; charset=utf-8' "Content-Transfer-Encoding: $3" '' "$4" '--=_1' \
		'Content-Type: text/html; charset=utf-8' 'Content-Transfer-Encoding: quoted-printable' '' '<p>not this</p>' '--=_1--' |
		sed 's/$/\r/' >"$HAAT_RUN/mail/$1.eml"
}

mkdir -p "$HAAT_RUN/mail"
says 'no letters' "no letters in '$HAAT_RUN/mail'"
says 'none of that number' 'there is no such letter: ./dev mail lists them' 1
says 'a word that is none' 'usage: ./dev mail [last|N]' first
letter 0b '=?UTF-8?B?4KaG4KaqIA==?=
 =?UTF-8?B?4Kaq4KeH4Kau4KeH4Kao4KeN4Kaf?=' quoted-printable '12.50 USD =E2=80=93 a line that goes =
on'
letter 0a 'Plain' base64 '4Kaq4KeH4Kau4KeH4Kao4KeN4Kaf'
touch -d '2026-11-29 17:57:00' "$HAAT_RUN/mail/0b.eml"
touch -d '2026-11-29 17:58:00' "$HAAT_RUN/mail/0a.eml"
says 'the list, the newest last' "   1  Sun, 29 Nov 2026 17:56:59 +0000  payer@example.test                আপ পেমেন্ট
   2  Sun, 29 Nov 2026 17:56:59 +0000  payer@example.test                Plain"
says 'one of the list' "$HAAT_RUN/mail/0b.eml

Date: Sun, 29 Nov 2026 17:56:59 +0000
From: \"haat\" <shop@haat.test>
To: payer@example.test
Subject: আপ পেমেন্ট
Message-ID: <mail.0b@haat.test>

12.50 USD – a line that goes on" 1
says 'the newest' "$HAAT_RUN/mail/0a.eml

Date: Sun, 29 Nov 2026 17:56:59 +0000
From: \"haat\" <shop@haat.test>
To: payer@example.test
Subject: Plain
Message-ID: <mail.0a@haat.test>

পেমেন্ট" last

echo "$passed passed, $failed failed, 0 skipped"
[ "$failed" -eq 0 ]

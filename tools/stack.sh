# stack.sh: the shop on this machine: its secrets, certificate, configuration and parts.  Sourced by ./dev.

accounts=(customer@haat.test shop@haat.test warehouse@haat.test accountant@haat.test manager@haat.test admin@haat.test)
password='Haat-demo-2026!'
url=https://localhost:$port
hosts=${HAAT_HOSTS:-} # names of a tunnel, by which the shop answers too
hosts=${hosts//,/ }

# Writes standard input to a file, but only when that changes it, so that its time tells when to restart.
write_changed() {
	cat >"$1.new"
	if cmp -s "$1.new" "$1"; then rm "$1.new"; else mv "$1.new" "$1"; fi
}

# Random secrets of this shop alone.  They begin with "demo", which a production profile refuses.
make_secrets() {
	local name
	mkdir -p -m 700 "$run/secrets"
	for name in database jwt seal sqs google; do
		[ -s "$run/secrets/$name" ] || (umask 077; printf 'demo-%s' "$(openssl rand -hex 32)" >"$run/secrets/$name")
	done
	[ -s "$run/secrets/methods" ] || (umask 077; printf '1:demo-%s' "$(openssl rand -hex 32)" >"$run/secrets/methods")
	[ -s "$run/secrets/stripe" ] || (umask 077; printf 'sk_test_demo%s' "$(openssl rand -hex 16)" >"$run/secrets/stripe")
	[ -s "$run/secrets/paystack" ] || (umask 077; printf 'sk_test_demo%s' "$(openssl rand -hex 16)" >"$run/secrets/paystack")
	[ -s "$run/secrets/flutterwave" ] ||
		(umask 077; printf 'FLWSECK_TEST-demo%s' "$(openssl rand -hex 16)" >"$run/secrets/flutterwave")
	[ -s "$run/secrets/flutterwave-webhook" ] ||
		(umask 077; printf 'demo-%s' "$(openssl rand -hex 24)" >"$run/secrets/flutterwave-webhook")
	[ -s "$run/secrets/paypal" ] || (umask 077; printf 'demo-%s' "$(openssl rand -hex 16)" >"$run/secrets/paypal")
	[ -s "$run/secrets/stripe-webhook" ] ||
		(umask 077; printf 'whsec_demo%s' "$(openssl rand -hex 24)" >"$run/secrets/stripe-webhook")
	for name in razorpay razorpay-webhook payment-webhook; do
		[ -s "$run/secrets/$name" ] || (umask 077; printf 'demo%s' "$(openssl rand -hex 24)" >"$run/secrets/$name")
	done
	for name in bkash-username bkash-password bkash-app-key bkash-app-secret; do
		[ -s "$run/secrets/$name" ] || (umask 077; printf 'demo-%s' "$(openssl rand -hex 16)" >"$run/secrets/$name")
	done
}

# The hosts of providers that hand out certificates; here nginx answers for them.
provider_hosts="api.sandbox.paypal.com sns.ap-southeast-1.amazonaws.com"

# A certificate authority of this shop alone and a certificate for localhost; both made anew when they are about to end.
make_certificate() {
	local tls=$run/tls
	openssl x509 -checkend 86400 -noout -in "$tls/server.pem" >/dev/null 2>&1 && [ -s "$tls/google.key" ] && return
	mkdir -p -m 700 "$tls"
	(
		umask 077
		openssl ecparam -genkey -name prime256v1 -noout -out "$tls/ca.key"
		openssl req -x509 -new -key "$tls/ca.key" -days 800 -subj '/CN=haat demo authority' -out "$tls/ca.pem" \
			-addext basicConstraints=critical,CA:TRUE -addext keyUsage=critical,keyCertSign
		openssl ecparam -genkey -name prime256v1 -noout -out "$tls/server.key"
		openssl req -new -key "$tls/server.key" -subj /CN=localhost -out "$tls/server.csr"
		printf '%s\n' 'subjectAltName=DNS:localhost,IP:127.0.0.1,IP:::1' 'extendedKeyUsage=serverAuth' >"$tls/server.ext"
		openssl x509 -req -in "$tls/server.csr" -CA "$tls/ca.pem" -CAkey "$tls/ca.key" -CAcreateserial -days 397 \
			-extfile "$tls/server.ext" -out "$tls/server.pem"
	) >"$run/log/certificate.log" 2>&1 || die "cannot make a certificate; see '$run/log/certificate.log'"
	openssl genrsa -out "$tls/google.key" 2048 >>"$run/log/certificate.log" 2>&1
	make_provider_certificates >>"$run/log/certificate.log" 2>&1 || die "cannot make a certificate; see '$run/log/certificate.log'"
	step certificate "for localhost; trust '$tls/ca.pem' to be rid of the warning"
}

# What providers sign webhooks with, and a server where these are fetched, under the same authority: nginx answers for the
# providers' hosts with the files below $run/certificates.
make_provider_certificates() {
	local tls=$run/tls paypal=$run/certificates/v1/notifications/certs
	mkdir -p "$paypal"
	(
		umask 077
		openssl ecparam -genkey -name prime256v1 -noout -out "$tls/providers.key"
		openssl req -new -key "$tls/providers.key" -subj /CN=api.sandbox.paypal.com -out "$tls/providers.csr"
		printf '%s\n' "subjectAltName=$(printf 'DNS:%s,' $provider_hosts | sed 's/,$//')" 'extendedKeyUsage=serverAuth' >"$tls/providers.ext"
		openssl x509 -req -in "$tls/providers.csr" -CA "$tls/ca.pem" -CAkey "$tls/ca.key" -CAcreateserial -days 397 \
			-extfile "$tls/providers.ext" -out "$tls/providers.pem"
		make_signer "$tls/paypal.key" messageverificationcerts.sandbox.paypal.com "$paypal/CERT-haat-sandbox"
		make_signer "$tls/sns.key" sns.amazonaws.com \
			"$run/certificates/SimpleNotificationService-0123456789abcdef0123456789abcdef.pem"
	)
}

# make_signer KEY NAME CERTIFICATE
make_signer() {
	openssl genrsa -out "$1" 2048
	openssl req -new -key "$1" -subj "/CN=$2" -out "$1.csr"
	openssl x509 -req -in "$1.csr" -CA "$run/tls/ca.pem" -CAkey "$run/tls/ca.key" -CAcreateserial -days 397 -out "$3" \
		-extfile <(printf '%s\n' basicConstraints=critical,CA:FALSE keyUsage=critical,digitalSignature)
}

# nginx's module for live updates: another origin's nginx may be without it.
nchan_module=/usr/lib/nginx/modules/ngx_nchan_module.so
has_nchan() { [ -e "$nchan_module" ]; }
# Its module for files that are packed by brotli: without it browsers get them by gzip.
brotli_module=/usr/lib/nginx/modules/ngx_http_brotli_static_module.so

write_config() {
	write_changed "$run/haat.conf" <<-TEXT
	; Written by ./dev up.  Any key can be overridden from the environment: HAAT_SECTION_KEY=value ./dev up
	profile = development
	public_url = $url
	run_directory = $run

	[database]
	socket = $run/mariadb.sock
	name = haat
	user = haat
	password_file = $run/secrets/database

	[cache]
	servers = --SOCKET="$run/memcached.sock"

	[auth]
	jwt_secret_file = $run/secrets/jwt
	seal_secret_file = $run/secrets/seal
	common_passwords = $top/conf/common-passwords.txt

	[auth.google]
	issuer = http://127.0.0.1:$((port + 1))/google
	client_id = haat-sandbox.apps.googleusercontent.com
	client_secret_file = $run/secrets/google

	[auth.firebase]
	project_id = haat-sandbox
	issuer = http://127.0.0.1:$((port + 1))/google/firebase
	keys_url = http://127.0.0.1:$((port + 1))/google/firebase/certificates
	api_key = haat-sandbox
	identity_url = http://127.0.0.1:$((port + 1))/google/identity
	captcha_url = http://127.0.0.1:$((port + 1))/google/recaptcha

	[risk]
	disposable_domains = $top/conf/disposable-domains.txt

	[http]
	upload_directory = $run
	import_directory = $run/imports

	[media]
	directory = $run/media
	originals_directory = $run/originals

	[limits]
	enabled = false

	[payments]
	providers = stripe, cod, paystack, razorpay, flutterwave, bkash, paypal
	method_key_file = $run/secrets/methods
	return_urls = $url/, http://localhost${hosts:+$(printf ', https://%s/' $hosts)}

	[payouts]
	minimum = USD:1.00:-

	[payments.stripe]
	base_url = http://127.0.0.1:$((port + 1))
	secret_key_file = $run/secrets/stripe
	webhook_secret_file = $run/secrets/stripe-webhook
	publishable_key = pk_test_demo
	script_url = http://127.0.0.1:$((port + 1))/v3

	[payments.paystack]
	base_url = http://127.0.0.1:$((port + 1))/paystack
	secret_key_file = $run/secrets/paystack

	[payments.razorpay]
	base_url = http://127.0.0.1:$((port + 1))/razorpay
	key_id = rzp_test_demo
	script_url = http://127.0.0.1:$((port + 1))/razorpay/v1/checkout.js
	key_secret_file = $run/secrets/razorpay
	webhook_secret_file = $run/secrets/razorpay-webhook
	currencies = INR, USD, KWD, JPY

	[payments.flutterwave]
	base_url = http://127.0.0.1:$((port + 1))/flutterwave/v3
	secret_key_file = $run/secrets/flutterwave
	webhook_secret_file = $run/secrets/flutterwave-webhook

	[payments.bkash]
	base_url = http://127.0.0.1:$((port + 1))/bkash
	username_file = $run/secrets/bkash-username
	password_file = $run/secrets/bkash-password
	app_key_file = $run/secrets/bkash-app-key
	app_secret_file = $run/secrets/bkash-app-secret
	topic = arn:aws:sns:ap-southeast-1:000000000000:bpt_haat

	[payments.paypal]
	base_url = http://127.0.0.1:$((port + 1))/paypal
	environment = sandbox
	client_id = haat-sandbox
	client_secret_file = $run/secrets/paypal
	webhook_id = 1JE4291016473214C
	currencies = USD, EUR, GBP, JPY, HUF
	script_url = http://127.0.0.1:$((port + 1))/paypal/sdk/js

	[pages]
	languages = en, bn, hi, en-XA, ar-XB
	templates = $top/web/pages
	messages = $top/web/messages
	own_templates = $run/dress

	[invoices]
	program = $build/src/haat-pdf

	[certificates]
	roots_file = $run/tls/ca.pem
	watched_files = $run/tls/server.pem
	connect_to = $(printf "%s:443:127.0.0.1:$port, " $provider_hosts | sed 's/, $//')

	[webhooks]
	secret_file = $run/secrets/payment-webhook
	id_header = X-Event-Id

	[sqs]
	queue_url = http://127.0.0.1:$((port + 1))/000000000000/haat.fifo
	access_key_id = AKIDHAATSANDBOX
	secret_access_key_file = $run/secrets/sqs

	[orders]
	carriers = Pathao:https://pathao.example/track?number={tracking}

	[mail]
	directory = $run/mail
	from = shop@haat.test
	templates = $top/conf/mail

	[live]
	enabled = $(has_nchan && echo true || echo false)

	[sandbox]
	port = $((port + 1))
	state_file = $run/sandbox.state
	webhook_url = https://127.0.0.1:$port/api/v1/webhooks
	ca_file = $run/tls/ca.pem
	paypal_key_file = $run/tls/paypal.key
	sns_key_file = $run/tls/sns.key
	google_key_file = $run/tls/google.key
	TEXT
}

# The installed site with the paths of this shop; limits follow the same switch as those of the workers.
write_nginx() {
	local limits='#' live='#' brotli='#' modules= user= origins
	[ "${HAAT_LIMITS_ENABLED:-false}" != true ] || limits=
	[ "$(id -u)" -ne 0 ] || user='user root;'
	! has_nchan || { live=; modules="load_module $nchan_module;"; }
	[ ! -e "$brotli_module" ] || { brotli=; modules+=" load_module $brotli_module;"; }
	mkdir -p "$run/nginx" "$run/files" "$run/imports" "$run/media" "$run/originals"
	write_changed "$run/nginx/routes.conf" <"$build/nginx/routes.conf"
	# What is wrong with the settings, the part that does not start for it says.
	! origins=$(ctl config nginx 2>/dev/null) || write_changed "$run/nginx/media-origins.conf" <<<"$origins"
	mkdir -p "$run/pages" && { ctl config pages "$run/pages" 2>/dev/null || true; }
	sed -e "s|@user@|$user|" -e "s|@modules@|$modules|" -e "s|@run@|$run|g" -e "s|@port@|$port|" -e "s|@provider_hosts@|$provider_hosts|" -e "s|@sandbox_port@|$((port + 1))|" "$top/nginx/nginx.conf.in" | write_changed "$run/nginx/nginx.conf"
	sed -e "s|@limits@|$limits|" -e "s|@run@|$run|g" -e "s|@site@|$top/nginx|g" -e "s|@web@|$build/web/named|" -e "s|@routes@|$run/nginx/routes.conf|" -e "s|@files@|$run/files|" -e "s|@media@|$run/media|" -e "s|@media_origins@|$run/nginx/media-origins|" -e "s|@port@|127.0.0.1:$port|" \
		-e "s|@plain_port@|unix:$run/plain.sock|" -e "s|@port_behind_host@|:$port|" \
		-e "s|@hosts@|localhost 127.0.0.1${hosts:+ $hosts}|" -e "s|@certificate@|$run/tls/server.pem|" \
		-e "s|@certificate_key@|$run/tls/server.key|" -e "s|@access_log@|$run/log/access.log|" -e "s|@production@|#|" -e "s|@live@|$live|" -e "s|@brotli@|$brotli|" -e "s|@pages@|$run/pages|" \
		"$top/nginx/haat.conf.in" | write_changed "$run/nginx/haat.conf"
}

prepare() {
	# The longest socket name must fit into a socket address.
	[ ${#run} -le 80 ] || die "the path '$run' is too long for sockets; set HAAT_RUN to a shorter one"
	[[ $hosts =~ ^[a-z0-9.\ -]*$ ]] || die "HAAT_HOSTS must be names in lower case, with commas between"
	mkdir -p "$run/log" "$run/pid" "$run/dress"
	make_secrets
	make_certificate
	write_config
	write_nginx
}

sql() { mariadb --no-defaults --socket="$run/mariadb.sock" --user="$(id -un)" --batch --skip-column-names -e "$1"; }

install_database() {
	[ ! -e "$run/mariadb/ready" ] || return 0
	rm -rf "$run/mariadb"
	mkdir -p "$run/mariadb-tmp"
	step mariadb "making a data directory"
	TMPDIR=$run/mariadb-tmp mariadb-install-db --no-defaults --user="$(id -un)" --datadir="$run/mariadb" --skip-test-db --skip-name-resolve \
		--auth-root-authentication-method=socket --auth-root-socket-user="$(id -un)" >"$run/log/mariadb-install.log" 2>&1 ||
		die "mariadb-install-db failed; see '$run/log/mariadb-install.log'"
	touch "$run/mariadb/ready"
}

start_mariadb() {
	install_database
	# Its own place for temporary tables: a server clears that of the others away when it starts.
	mkdir -p "$run/mariadb-tmp"
	# shellcheck disable=SC2086  # the options are words
	start mariadb mariadbd --no-defaults --user="$(id -un)" --datadir="$run/mariadb" --socket="$run/mariadb.sock" \
		--tmpdir="$run/mariadb-tmp" \
		--pid-file="$run/mariadb/mariadb.pid" --skip-networking --skip-name-resolve --skip-log-bin \
		--character-set-server=utf8mb4 --collation-server=utf8mb4_uca1400_ai_ci --default-time-zone=+00:00 \
		--transaction-isolation=READ-COMMITTED --innodb-flush-log-at-trx-commit=1 \
		--innodb-buffer-pool-size="$buffer_pool" --max-connections=200 --performance-schema=OFF $mariadb_options
	await 60 mariadb sql 'SELECT 1' || return
	sql "CREATE DATABASE IF NOT EXISTS haat;
		CREATE USER IF NOT EXISTS haat@localhost;
		ALTER USER haat@localhost IDENTIFIED BY '$(cat "$run/secrets/database")';
		GRANT ALL ON haat.* TO haat@localhost"
}

# Each drawing of web/demo in three colourings, as a shop would upload them.
draw_pictures() {
	local drawing into=$1 second third
	second='s/#2f6b5a/#d98a3d/g; s/#f3e3cf/#dfe9e4/g; s/#e8cfae/#c3d8cd/g; s/#b5442e/#2f6b5a/g; s/#7d2a1c/#1c4438/g; s/#f0b67a/#9cc7b2/g'
	third='s/#2f6b5a/#d4a23a/g; s/#f3e3cf/#e6e2ee/g; s/#e8cfae/#cdc5df/g; s/#b5442e/#51458c/g; s/#7d2a1c/#332b5e/g; s/#f0b67a/#b3a6dd/g'
	mkdir -p "$into"
	for drawing in "$top"/web/demo/*.svg; do
		drawing=${drawing##*/}
		drawing=${drawing%.svg}
		cp "$top/web/demo/$drawing.svg" "$into/$drawing-1.svg"
		sed -e "$second" "$top/web/demo/$drawing.svg" >"$into/$drawing-2.svg"
		sed -e "$third" "$top/web/demo/$drawing.svg" >"$into/$drawing-3.svg"
	done
	for drawing in "$into"/*.svg; do
		vips webpsave "$drawing" "${drawing%.svg}.webp" || die "the demo shop's pictures cannot be drawn"
	done
}

# The schema and, once, the demo shop: before anything that reads them starts.
prepare_data() {
	step migrate "the schema"
	ctl migrate up >"$run/log/migrate.log" 2>&1 || { tail -n 5 "$run/log/migrate.log" >&2; die "the schema cannot be brought up to date"; }
	[ "$(cat "$run/seeded" 2>/dev/null)" != "$products" ] || return 0
	step seed "$products products"
	set --
	if [ -n "$dressed" ]; then
		draw_pictures "$run/pictures"
		set -- --days 183 --pictures "$run/pictures"
	fi
	ctl seed --products "$products" --orders "$orders" --merchants "$merchants" --accounts --password "$password" "$@" >"$run/log/seed.log" 2>&1 ||
		{ tail -n 5 "$run/log/seed.log" >&2; die "the demo shop cannot be filled"; }
	printf '%s\n' "$products" >"$run/seeded"
}

start_memcached() {
	start memcached memcached --user="$(id -un)" --unix-socket="$run/memcached.sock" --unix-mask=0700 --memory-limit=64 --threads=2
	await 10 memcached test -S "$run/memcached.sock"
}

start_pool() {
	HAAT_TEST_STATEMENTS=${HAAT_TEST_TRACE:-} start "$1" "$build/tools/haat-listen" "$run/$1.sock" 0660 -- \
		"$build/src/haatd" --config "$run/haat.conf" --pool "$1"
	await 10 "$1" has_workers "$1"
}

start_sandbox() {
	start sandbox "$build/src/haat-sandbox" --config "$run/haat.conf"
	await 10 sandbox listens sandbox $((port + 1)) && await 10 sandbox curl -s -o /dev/null "http://127.0.0.1:$((port + 1))/"
}

start_jobs() {
	HAAT_TEST_STATEMENTS=${HAAT_TEST_TRACE:-} start jobs "$build/src/haat-jobs" --config "$run/haat.conf"
	await 10 jobs has_workers jobs
}

start_nginx() {
	rm -f "$run/plain.sock" "$run/live.sock" # a killed one leaves them behind
	start nginx nginx -e "$run/log/nginx.log" -p "$run/nginx" -c "$run/nginx/nginx.conf"
	await 10 nginx listens nginx "$port" && await 10 nginx curl -s -o /dev/null --cacert "$run/tls/ca.pem" "$url/"
}

# Whether a running part was started before its program or configuration was last changed.
outdated() {
	local file files
	case $1 in
	mariadb | memcached) files= ;;
	nginx) files="$run/nginx/nginx.conf $run/nginx/haat.conf $run/nginx/routes.conf $run/nginx/media-origins.conf $top/nginx/common.conf $top/nginx/fastcgi.conf $run/tls/server.pem" ;;
	sandbox) files="$run/haat.conf $build/src/haat-sandbox $build/src/.libs/haat-sandbox" ;;
	jobs) files="$run/haat.conf $build/src/haat-jobs $build/src/.libs/haat-jobs" ;;
	api | auth | pay) files="$run/haat.conf $build/src/haatd $build/src/.libs/haatd $(echo "$top"/web/pages/* "$top"/web/messages/*)" ;;
	*) files="$run/haat.conf $build/src/haatd $build/src/.libs/haatd" ;;
	esac
	for file in $files; do
		[ "$file" -nt "$run/pid/$1" ] && return 0
	done
	return 1
}

start_part() {
	if pid_of "$1" >/dev/null; then
		outdated "$1" || { step "$1" running; return 0; }
		stop_part "$1"
	fi
	clear_up "$1"
	rm -f "$run/$1.sock"
	case $1 in
	api | auth | pay | hooks | bulk) start_pool "$1" ;;
	*) "start_$1" ;;
	esac || { tail -n 15 "$run/log/$1.log" >&2; die "'$1' does not start; its log is '$run/log/$1.log'"; }
	step "$1" started
}

stop_part() {
	case $1 in
	nginx) stop "$1" QUIT 15 ;;
	mariadb) stop "$1" TERM 120 ;;
	*) stop "$1" TERM 30 ;;
	esac
	rm -f "$run/$1.sock"
}

is_ready() { curl -fs -o /dev/null --max-time 5 --cacert "$run/tls/ca.pem" "$url/ready"; }

# Every part lives and /ready says so; a part that died is not waited for.
wait_ready() {
	local deadline=$((SECONDS + 60)) part
	while [ $SECONDS -lt $deadline ]; do
		for part in "${parts[@]}"; do
			gone "$part" && { step "$part" "has died"; break 2; }
		done
		is_ready && return
		sleep 0.2
	done
	curl -s --max-time 5 --cacert "$run/tls/ca.pem" "$url/ready" >&2 || true
	printf '\n' >&2
	status >&2 || true
	die "the shop is not ready; './dev logs' tells more"
}

greet() {
	cat <<-TEXT

	The shop is open:  $url/
	The console:       $url/console/
	The API:           $url/docs/reference
	Certificate:       $run/tls/ca.pem  (curl --cacert)
	Accounts:          ${accounts[*]}
	Password:          $password

	Next:  ./dev demo     a purchase, step by step
	       ./dev status   what runs
	       ./dev test     prove it
	       ./dev down     close the shop
	TEXT
}

ctl() { "$build/src/haatctl" --config "$run/haat.conf" --sql "$top/sql" "$@"; }

exec_ctl() {
	[ -e "$run/haat.conf" ] || die "there is no shop in '$run' yet: ./dev up"
	exec "$build/src/haatctl" --config "$run/haat.conf" --sql "$top/sql" "$@"
}

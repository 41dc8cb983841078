# packages.sh: what haat needs from Debian, and installing it without starting anything.  Sourced by ./dev.
#
# An entry is a package, or package=command where a program of another origin will do as well.

needed_packages=(
	autoconf automake libtool pkg-config gcc libc6-dev make
	libfcgi-dev libjson-c-dev libmariadb-dev libssl-dev libcurl4-openssl-dev libmemcached-dev libcunit1-dev libinih-dev
	libunistring-dev libcrypt-dev zlib1g-dev libmicrohttpd-dev libpango1.0-dev
	fonts-dejavu-core fonts-lohit-beng-bengali fonts-lohit-deva tzdata
	nginx-light=nginx libnginx-mod-nchan libnginx-mod-http-brotli-static brotli=brotli mariadb-server-core mariadb-client-core memcached=memcached
	libvips-tools=vipsthumbnail
	nodejs=node npm=npm esbuild=esbuild
	curl=curl jq=jq openssl=openssl ca-certificates procps=ps
)
test_packages=(mariadb-client=mariadb-dump cppcheck=cppcheck wrk=wrk systemd=systemd-analyze clang-format=clang-format git=git xz-utils=xz
	unzip=unzip mmdebstrap=mmdebstrap iproute2=ip file=file libimage-exiftool-perl=exiftool
	poppler-utils=pdftotext)

# What looks at pages: only the stage that does so needs it.
browser_packages=(chromium=chromium poppler-utils=pdftotext)

# Prints those of the arguments that are not there: one question to dpkg for all of them.
missing_packages() {
	local entry package installed
	installed=$(dpkg-query -W -f '${db:Status-Status} ${Package}\n' "${@%%=*}" 2>/dev/null || true)
	for entry in "$@"; do
		package=${entry%%=*}
		case $'\n'$installed$'\n' in
		*$'\n'"installed $package"$'\n'*) ;;
		*) [ "$package" != "$entry" ] && command -v "${entry#*=}" >/dev/null || printf '%s\n' "$package" ;;
		esac
	done
}

# Debian's package scripts ask /usr/sbin/policy-rc.d whether they may start a service; ours says no while we install.
# shellcheck disable=SC2016
install_script='
	set -e
	policy=/usr/sbin/policy-rc.d
	if [ ! -e $policy ]; then
		trap "rm -f $policy" EXIT
		printf "#!/bin/sh\nexit 101\n" >$policy
		chmod 755 $policy
	fi
	export DEBIAN_FRONTEND=noninteractive
	apt-get -qq update
	apt-get -qq install -y --no-install-recommends "$@"
'

install_packages() {
	local missing as_root=()
	# sbin is not on every user's path, but nginx and mariadbd are there.
	PATH=$PATH:/usr/sbin:/sbin
	command -v dpkg-query >/dev/null || die "this is not Debian: install the equivalents of ${*%%=*}, and try again"
	mapfile -t missing < <(missing_packages "$@")
	[ ${#missing[@]} -gt 0 ] || return 0
	if [ "$(id -u)" -ne 0 ]; then
		command -v sudo >/dev/null || die "packages are missing; as root run: apt-get install --no-install-recommends ${missing[*]}"
		as_root=(sudo)
	fi
	step packages "installing ${missing[*]}"
	mkdir -p "$run/log"
	"${as_root[@]}" sh -c "$install_script" sh "${missing[@]}" >"$run/log/packages.log" 2>&1 || {
		tail -n 20 "$run/log/packages.log" >&2
		die "packages could not be installed; as root run: apt-get install --no-install-recommends ${missing[*]}"
	}
}

# One program out of a package whose rest nobody asked for, into a folder; one that is on the path will do.  False, and said, when it
# cannot be fetched: no test but its own wants it.
#   extract_program PACKAGE PROGRAM DIRECTORY
extract_program() {
	local package=$1 program=$2 directory=$3 as_root=() log=$run/log/packages.log
	! command -v "$program" >/dev/null || return 0
	[ ! -x "$directory/$program" ] || return 0
	step packages "fetching $program"
	[ "$(id -u)" -eq 0 ] || as_root=(sudo)
	mkdir -p "$directory" "$run/log"
	(
		cd "$directory" && rm -f "$package"_*.deb &&
		{ apt-get -qq download "$package" || { "${as_root[@]}" apt-get -qq update && apt-get -qq download "$package"; }; } &&
		dpkg-deb --fsys-tarfile "$package"_*.deb | tar -xO "./usr/bin/$program" >"$program.new" &&
		chmod 755 "$program.new" && mv "$program.new" "$program" && rm -f "$package"_*.deb
	) >"$log" 2>&1 || { tail -n 5 "$log" >&2; step packages "'$program' of Debian's package '$package' could not be fetched"; return 1; }
}

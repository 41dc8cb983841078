#!/bin/sh
# The alerts of conf/prometheus.rules.yml ask for metrics that there are, and fire when they are meant to.
set -u
top=$(cd "${srcdir:-$(dirname "$0")/../..}" && pwd) || exit 99
rules=$top/conf/prometheus.rules.yml
passed=0 failed=0 skipped=0
work=$(mktemp -d) || exit 99
trap 'rm -rf "$work"' EXIT

result() {
	if [ "$1" = ok ]; then passed=$((passed + 1)); else failed=$((failed + 1)); fi
	printf '  %s ... %s\n' "$2" "$1"
}

# Without promtool too: a metric that was renamed would never alert.
for metric in $(grep -v '^ *summary:' "$rules" | grep -oE '\bhaat_[a-z_]+' | sort -u); do
	name=$(printf '%s' "$metric" | sed -E 's/(_duration_seconds)_(count|sum|bucket)$/\1/')
	grep -qE "\"$name\"|\b$name[ {\\\\]" "$top/src/base/metrics.h" "$top/src/ops/gauges.c" &&
		result ok "$metric is there" || result FAILED "$metric is no metric of ours"
done
# Everything that waits for a person has an alert.
for metric in haat_queue_jobs haat_queue_age_seconds haat_webhooks_dead haat_webhooks_age_seconds haat_events_age_seconds \
	haat_payments_on_hold haat_reviews_age_seconds haat_risk_bands_left haat_disputes_due haat_refunds_failed haat_refunds_age_seconds haat_part_up haat_circuit_open \
	haat_mails_age_seconds haat_mail_circuit_open haat_provider_account_faults_total haat_payment_methods_unreadable_total haat_live_messages_total haat_telemetry_items_total; do
	grep -qE "(expr:|^ +sum by) .*$metric" "$rules" && result ok "$metric has an alert" || result FAILED "$metric has no alert"
done
# Who is woken by an alert finds it in the handbook.
for alert in $(sed -n 's/^ *- alert: //p' "$rules"); do
	grep -q "\`$alert\`" "$top/docs/OPERATIONS.md" && result ok "$alert is in OPERATIONS.md" || result FAILED "OPERATIONS.md knows no $alert"
done
# So does who reads of a part in /operations, or of an alert's runbook.
for anchor in $(sed -n '/^#define PARTS(X)/,/[^\\]$/p' "$top/src/base/metrics.h" | grep -o '"[a-z]*"' | tr -d '"') \
	$(sed -n 's/^ *runbook: "OPERATIONS.md#\([a-z-]*\)"$/\1/p' "$rules" | sort -u); do
	grep -q "<a id=\"$anchor\"></a>" "$top/docs/OPERATIONS.md" && result ok "OPERATIONS.md has #$anchor" || result FAILED "OPERATIONS.md has no #$anchor"
done
# Each has been seen to fire (alerts.yml, by promtool below).
for alert in $(sed -n 's/^ *- alert: //p' "$rules"); do
	grep -A 2 "alertname: $alert\$" "$top/tests/ops/alerts.yml" | grep -q exp_alerts && result ok "$alert fires in alerts.yml" || result FAILED "alerts.yml lets $alert never fire"
done
# Each has been seen silent, too, and says what to do.
for alert in $(sed -n 's/^ *- alert: //p' "$rules"); do
	grep -A 2 "alertname: $alert\$" "$top/tests/ops/alerts.yml" | grep -A 1 eval_time | grep -qE 'alertname|# ' || tail -n 2 "$top/tests/ops/alerts.yml" | grep -q "$alert\$" &&
		result ok "$alert is silent in alerts.yml" || result FAILED "alerts.yml lets $alert never be silent"
	grep -A 12 "alert: $alert\$" "$rules" | grep -m 1 -q 'runbook: "OPERATIONS.md#' && result ok "$alert has a runbook" || result FAILED "$alert has no runbook"
done
# The dashboard: every panel has an id of its own, a title, a unit, a description and something to show, from the data source that is chosen, and
# a place that no other has.
dashboard=$top/conf/grafana-dashboard.json
shown='[.panels[] | select(.type != "row")]'
holds() { [ "$(jq "$2" "$dashboard")" = true ] && result ok "$1" || result FAILED "$1"; }
holds 'panels have ids of their own' '[.panels[].id] | length > 20 and (unique | length) == length and all(type == "number")'
holds 'panels have titles, units and descriptions' "$shown | all((.title // \"\") != \"\" and (.fieldConfig.defaults.unit // \"\") != \"\" and (.description | length) > 20)"
holds 'titles are told apart' "$shown | map(.title) | (unique | length) == length"
holds 'panels show something' "$shown | all((.targets | length) > 0 and (.targets | all((.expr | length) > 0 and (.legendFormat | length) > 0)) and ([.targets[].refId] | (unique | length) == length))"
holds 'the data source is a variable' '([.templating.list[] | select(.type == "datasource")] | length) == 1 and ([.. | .datasource? | objects | .uid] | all(. == "${datasource}"))'
holds 'panels are within the grid' '[.panels[].gridPos] | all(.x >= 0 and .w > 0 and .h > 0 and .x + .w <= 24)'
holds 'no panel lies over another' '[.panels[].gridPos] as $p | [range(0; $p | length) as $i | range($i + 1; $p | length) as $j |
	select($p[$i].x < $p[$j].x + $p[$j].w and $p[$j].x < $p[$i].x + $p[$i].w and $p[$i].y < $p[$j].y + $p[$j].h and $p[$j].y < $p[$i].y + $p[$i].h)] | length == 0'
jq -r '.. | .expr? // empty | strings' "$dashboard" | sed 's/\$__rate_interval/5m/g; s/\$instance/.*/g; s/\$route/.*/g' >"$work/expressions"
for record in $(grep -ohE 'haat:[a-z_]+:[a-z0-9_]+' "$work/expressions" "$rules" | sort -u); do
	grep -q "record: $record\$" "$rules" && result ok "$record is recorded" || result FAILED "$record is not recorded"
done
# Every metric that is listed is changed somewhere.
for metric in $(sed -n '/^#define METRICS(X)/,/^$/s/^\tX(\([A-Z_]*\),.*/METRIC_\1/p' "$top/src/base/metrics.h"); do
	grep -rqwE "metric_(add|add_third|set|observe_us)\($metric" "$top/src" --include='*.c' &&
		result ok "$metric is changed" || result FAILED "$metric is never changed"
done
# Every setting does something, by its name or as one of the limits that a table reads.  Flutterwave's version is only refused.
for key in $(sed -nE 's/.*\bK_(TEXT|INTEGER|INTEGER_IN|BOOLEAN|LIST|CHOICE)\(([a-z_.]+),.*/\2/p' "$top/src/base/config.c" | grep -vx payments.flutterwave.version); do
	grep -rqE "\b$(printf '%s' "$key" | sed 's/\./\\./g')\b|[A-Z]+\([A-Z_]+, ${key#limits.}[,)]" "$top/src" --include='*.c' --exclude='config*.c' &&
		result ok "$key does something" || result FAILED "$key does nothing"
done

if command -v promtool >/dev/null; then
	promtool check rules "$rules" >"$work/check" 2>&1 && result ok 'promtool check rules' ||
		{ cat "$work/check"; result FAILED 'promtool check rules'; }
	{ echo 'groups: [ { name: panels, rules: ['; n=0; while read -r expression; do
		n=$((n + 1)); printf '{ record: "panel:%s", expr: %s },\n' $n "$(printf '%s' "$expression" | jq -Rs .)"; done <"$work/expressions"; echo '] } ]'; } >"$work/panels.yml"
	promtool check rules "$work/panels.yml" >"$work/check" 2>&1 && result ok "promtool reads the $(wc -l <"$work/expressions") expressions of the dashboard" ||
		{ cat "$work/check"; result FAILED 'promtool reads the dashboard'; }
	sed "s|RULES|$rules|" "$top/tests/ops/alerts.yml" >"$work/alerts.yml"
	promtool test rules "$work/alerts.yml" >"$work/test" 2>&1 && result ok 'promtool test rules' ||
		{ cat "$work/test"; result FAILED 'promtool test rules'; }
else
	echo 'skipped: promtool is not installed'
	skipped=3
fi
echo "$passed passed, $failed failed, $skipped skipped"
[ "$failed" -eq 0 ]

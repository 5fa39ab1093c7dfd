#!/bin/sh
# Students of texts at epsilon 2, ten sites and a secure sum, beside pooled TF-IDF without privacy.
# usage: text.sh DATA SET ENCODERS SEEDS [KEY=VALUE...]
#   DATA holds the data sets, SET is 20newsgroups, cuad or mts-dialog, with /10 behind it if one private row in ten has a label;
#   ENCODERS such as minilm or minilm,words-1024
set -eu
. "$(dirname -- "$0")/class-path.sh"
data=$1
set=$2
encoders=$3
seeds=$4
shift 4
tables=$(mktemp -d "${TMPDIR:-/tmp}/retort-text.XXXXXX")
trap 'rm -rf "$tables"' EXIT
trap 'exit 130' INT TERM
java -Xmx3g -cp "$class_path" dev.retort.bench.TextTables "$data" "$set" "$tables" "$encoders"
python_environment scikit-learn
"$environment/bin/python" "$root/bench/python/text_baseline.py" "$tables"
tests=$(cat "$tables/tests")
for key in "$@"; do
  settings="${settings:-} --set $key"
done
seed=1
while [ "$seed" -le "$seeds" ]; do
  # The settings' words are meant to be split.
  # shellcheck disable=SC2086
  java -Xmx4g -Dai.djl.offline=true -cp "$class_path" dev.retort.cli.Main simulate "$tables/study.yaml" --data "$tables" \
    --nodes 10 --test "$tests" --no-sites --seed "$seed" ${settings:-} --json
  seed=$((seed + 1))
done

#!/bin/sh
# Students whose teachers see another view of a sample, at epsilon 2, ten sites and a secure sum.
# usage: views.sh DATA OUT SET TEACHERS_VIEW STUDENT_VIEW SEEDS [KEY=VALUE...]
#   DATA holds the data sets, OUT keeps tables between runs; SET is emoji or emoji-noto (views image and text) or mts-dialog
#   (views dialogue and note)
set -eu
. "$(dirname -- "$0")/class-path.sh"
data=$1
tables=$2/$3
set=$3
teachers=$4
student=$5
seeds=$6
shift 6
if [ ! -f "$tables/tests" ]; then
  java -Xmx3g -cp "$class_path" dev.retort.bench.ViewTables "$data" "$set" "$tables"
fi
tests=$(cat "$tables/tests")
for key in "$@"; do
  settings="${settings:-} --set $key"
done
seed=1
while [ "$seed" -le "$seeds" ]; do
  # The settings' words are meant to be split.
  # shellcheck disable=SC2086
  java -Xmx4g -Dai.djl.offline=true -cp "$class_path" dev.retort.cli.Main simulate "$tables/study.yaml" --data "$tables" \
    --nodes 10 --test "$tests" --no-sites --ceiling --seed "$seed" --set "teachers.view=$teachers" \
    --set "student.view=$student" ${settings:-} --json
  seed=$((seed + 1))
done

#!/bin/sh
# How accurate students of class sums are at given epsilons, with one noise for all sites.
# usage: class-sums.sh DATA EPSILONS SEEDS [KEY=VALUE...]
set -eu
. "$(dirname -- "$0")/class-path.sh"
java -Xmx6g -cp "$class_path" dev.retort.bench.ClassSumAccuracy "$@"

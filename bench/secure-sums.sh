#!/bin/sh
# Processor time and bytes of secure sums, for cohorts of 3 to 1,000 nodes in one process.
# usage: secure-sums.sh [LANES [LARGEST]]   lanes of a vector, and the largest cohort: 1,000 nodes take minutes and 8 GB
set -eu
. "$(dirname -- "$0")/class-path.sh"
java -Xmx8g -XX:+UseParallelGC -cp "$class_path" dev.retort.bench.SecureSums "${1:-1000000}" "${2:-1000}"

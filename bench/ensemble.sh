#!/bin/sh
# 250 teachers batched against one by one. usage: ensemble.sh [THREADS]
set -eu
. "$(dirname -- "$0")/class-path.sh"
java -Xmx3g -cp "$class_path" dev.retort.bench.EnsembleThroughput "${1:-2}"

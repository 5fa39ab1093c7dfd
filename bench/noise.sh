#!/bin/sh
# Samples of noise a second on one core, and whether a release's time tells the size of its noise.
# usage: noise.sh [DIRECTORY]   where ledgers are written; a disk in memory is quietest
set -eu
. "$(dirname -- "$0")/class-path.sh"
java -Xmx512m -XX:+UseSerialGC -cp "$class_path" dev.retort.bench.SamplerThroughput
java -Xmx512m -XX:+UseSerialGC -cp "$class_path" dev.retort.bench.ReleaseTiming "${1:-${TMPDIR:-/tmp}}"

#!/bin/sh
# Label throughput, a no-op round with ten nodes, and memory over a thousand rounds, over mutual TLS on loopback.
set -eu
. "$(dirname -- "$0")/class-path.sh"
java -Xmx512m -cp "$class_path" dev.retort.bench.WireThroughput

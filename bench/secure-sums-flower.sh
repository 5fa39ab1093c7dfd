#!/bin/sh
# Processor time of secure sums of 10 and of 50 nodes beside Flower's SecAgg+. usage: secure-sums-flower.sh [LANES]
set -eu
. "$(dirname -- "$0")/class-path.sh"
python_environment flwr==1.42.0
java -Xmx6g -XX:+UseParallelGC -cp "$class_path" dev.retort.bench.SecureSums "${1:-1000000}" 50
"$environment/bin/python" -W ignore "$root/bench/python/flower_secagg.py" "${1:-1000000}"

#!/bin/sh
# Training throughput beside PyTorch, in turns, for 1 and 2 threads. usage: training.sh [ROUNDS]
set -eu
. "$(dirname -- "$0")/class-path.sh"
python_environment torch
"$environment/bin/python" "$root/bench/python/compare_training.py" "$class_path" "${1:-12}"

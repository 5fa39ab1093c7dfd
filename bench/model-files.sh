#!/bin/sh
# Shows that Python reads the model files and finds the same logits.
set -eu
. "$(dirname -- "$0")/class-path.sh"
python_environment
directory=$(mktemp -d)
trap 'rm -rf "$directory"' EXIT
java -cp "$class_path" dev.retort.bench.ModelFixture "$directory"
"$environment/bin/python" "$root/bench/python/check_model_files.py" "$directory"

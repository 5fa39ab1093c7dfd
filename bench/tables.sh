#!/bin/sh
# Accuracy of whole simulated studies on real tables and under label skew, over seeds.
# usage: tables.sh DATA_DIR OUT_DIR ROW...   without a row, prints their names. DATA_DIR holds one folder a data set, as its
# origin publishes it; tables, study files and reports are written below OUT_DIR
set -eu
. "$(dirname -- "$0")/class-path.sh"
java -Xmx2g -cp "$class_path" dev.retort.bench.SimulatedRows "$root/retort" "$@"

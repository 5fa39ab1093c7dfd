/** Protocol buffers and gRPC: the one place where messages become records, and where channels and servers are made. */
@NullMarked
package dev.retort.wire;

import org.jspecify.annotations.NullMarked;

/** Thin gRPC services: proto in, domain calls, proto out. */
@NullMarked
package dev.retort.coordinator.grpc;

import org.jspecify.annotations.NullMarked;

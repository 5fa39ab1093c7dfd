/** SHA-256 digests and RFC 6962 hash trees: what chunks, manifests and logs are named by. */
@NullMarked
package dev.retort.merkle;

import org.jspecify.annotations.NullMarked;

/** A site's records, and which teacher each privacy unit belongs to. */
@NullMarked
package dev.retort.node.shard;

import org.jspecify.annotations.NullMarked;

/** The node's one door out: nothing computed from private data leaves except through here. */
@NullMarked
package dev.retort.node.release;

import org.jspecify.annotations.NullMarked;

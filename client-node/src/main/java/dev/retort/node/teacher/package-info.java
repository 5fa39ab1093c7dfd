/** The teachers of one node, and the sums of their labels: all that outlives them. */
@NullMarked
package dev.retort.node.teacher;

import org.jspecify.annotations.NullMarked;

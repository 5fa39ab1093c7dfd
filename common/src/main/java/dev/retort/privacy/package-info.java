/** Mechanisms, what they cost, and the filter that adds costs up. Exact integers wherever a decision hangs on them. */
@NullMarked
package dev.retort.privacy;

import org.jspecify.annotations.NullMarked;

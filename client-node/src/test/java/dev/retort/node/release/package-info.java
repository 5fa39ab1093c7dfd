@NullMarked
package dev.retort.node.release;

import org.jspecify.annotations.NullMarked;

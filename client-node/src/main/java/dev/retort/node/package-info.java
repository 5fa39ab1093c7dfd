@NullMarked
package dev.retort.node;

import org.jspecify.annotations.NullMarked;

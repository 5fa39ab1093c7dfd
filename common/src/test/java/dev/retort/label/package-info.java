@NullMarked
package dev.retort.label;

import org.jspecify.annotations.NullMarked;

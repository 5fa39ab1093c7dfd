@NullMarked
package dev.retort.journal;

import org.jspecify.annotations.NullMarked;

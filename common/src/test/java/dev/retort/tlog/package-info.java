@NullMarked
package dev.retort.tlog;

import org.jspecify.annotations.NullMarked;

@NullMarked
package dev.retort.accounting;

import org.jspecify.annotations.NullMarked;

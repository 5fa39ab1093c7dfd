@NullMarked
package dev.retort.forecast;

import org.jspecify.annotations.NullMarked;

@NullMarked
package dev.retort.noise;

import org.jspecify.annotations.NullMarked;

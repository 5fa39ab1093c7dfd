@NullMarked
package dev.retort.secagg;

import org.jspecify.annotations.NullMarked;

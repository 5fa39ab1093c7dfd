/** Exact integer noise from a cryptographic generator. No floating point, no seeds. */
@NullMarked
package dev.retort.noise;

import org.jspecify.annotations.NullMarked;

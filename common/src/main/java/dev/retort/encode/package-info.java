/** Public features of samples, learnt from public samples alone, and the linear algebra under them. Tensor-free. */
@NullMarked
package dev.retort.encode;

import org.jspecify.annotations.NullMarked;

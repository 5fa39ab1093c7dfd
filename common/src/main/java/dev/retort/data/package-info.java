/** Private and public tables as samples: shapes, storage, readers. Tensor-free. */
@NullMarked
package dev.retort.data;

import org.jspecify.annotations.NullMarked;

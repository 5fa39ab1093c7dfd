/** Public encoders that turn a picture into the same numbers for everybody: its colours, and its gradients. */
@NullMarked
package dev.retort.image;

import org.jspecify.annotations.NullMarked;

/** Transfer sets: the public samples of a study, as content-addressed chunks under a signed manifest. */
@NullMarked
package dev.retort.transfer;

import org.jspecify.annotations.NullMarked;

@NullMarked
package dev.retort.privacy;

import org.jspecify.annotations.NullMarked;

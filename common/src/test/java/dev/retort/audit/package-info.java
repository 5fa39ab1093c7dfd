@NullMarked
package dev.retort.audit;

import org.jspecify.annotations.NullMarked;

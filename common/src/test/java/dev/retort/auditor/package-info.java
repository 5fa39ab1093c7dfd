@NullMarked
package dev.retort.auditor;

import org.jspecify.annotations.NullMarked;

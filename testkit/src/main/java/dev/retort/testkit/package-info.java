@NullMarked
package dev.retort.testkit;

import org.jspecify.annotations.NullMarked;

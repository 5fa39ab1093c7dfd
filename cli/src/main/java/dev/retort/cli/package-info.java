@NullMarked
package dev.retort.cli;

import org.jspecify.annotations.NullMarked;

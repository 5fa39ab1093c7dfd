/** YAML files and command-line overrides, read strictly into records. */
@NullMarked
package dev.retort.config;

import org.jspecify.annotations.NullMarked;

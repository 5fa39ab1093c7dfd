/** SQL stores: SQLite by default, portable to PostgreSQL. */
@NullMarked
package dev.retort.coordinator.store;

import org.jspecify.annotations.NullMarked;

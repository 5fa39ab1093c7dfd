/** What an offline audit found, as a page for people who answer for the records and need not read code. */
@NullMarked
package dev.retort.cli.report;

import org.jspecify.annotations.NullMarked;

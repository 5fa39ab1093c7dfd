/** The study plan: everything a site approves, and nothing else. */
@NullMarked
package dev.retort.plan;

import org.jspecify.annotations.NullMarked;

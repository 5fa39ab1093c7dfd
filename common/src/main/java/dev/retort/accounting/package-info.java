/**
 * What noise is worth, for reports and planning: epsilon by zCDP, RDP, exact Gaussian curves and privacy-loss
 * distributions. Every epsilon is an upper bound. No decision to release hangs on this room: the filter counts in exact
 * integers, in {@link dev.retort.privacy}.
 */
@NullMarked
package dev.retort.accounting;

import org.jspecify.annotations.NullMarked;

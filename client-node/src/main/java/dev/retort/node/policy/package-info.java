/** What a site allows. Everything is denied until the site says otherwise, and a site can only be stricter than a plan. */
@NullMarked
package dev.retort.node.policy;

import org.jspecify.annotations.NullMarked;

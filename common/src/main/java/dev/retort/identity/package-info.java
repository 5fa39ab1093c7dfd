/** Who is who in a federation: key files, identity keys, certificates and join tokens. No network, no clock of its own. */
@NullMarked
package dev.retort.identity;

import org.jspecify.annotations.NullMarked;

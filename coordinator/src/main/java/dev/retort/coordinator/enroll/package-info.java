/** How nodes come in: invitations, enrolment, the directory of enrolled nodes, and the version handshake. */
@NullMarked
package dev.retort.coordinator.enroll;

import org.jspecify.annotations.NullMarked;

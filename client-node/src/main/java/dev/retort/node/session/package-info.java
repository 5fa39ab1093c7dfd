/** The node's side of the conversation with a coordinator: it dials out, serves orders, and resumes. */
@NullMarked
package dev.retort.node.session;

import org.jspecify.annotations.NullMarked;

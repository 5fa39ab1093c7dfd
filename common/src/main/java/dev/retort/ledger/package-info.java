/**
 * The record of all privacy spending at one node: a transparency log that is appended to before anything is released, and
 * that anybody can check offline. Nothing in it is private.
 */
@NullMarked
package dev.retort.ledger;

import org.jspecify.annotations.NullMarked;

/**
 * Checks exports of nodes' ledgers and of the coordinator's journal, alone and against each other, with arithmetic of its
 * own: costs and budgets are computed again in decimals and big integers, and nothing is shared with the code that spends.
 */
@NullMarked
package dev.retort.auditor;

import org.jspecify.annotations.NullMarked;

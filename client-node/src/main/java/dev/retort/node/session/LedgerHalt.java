package dev.retort.node.session;

import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Ends all sessions of a node, and its releases, once its ledger is found not to be the newest. It cannot be taken back.
 * Safe for use by several threads.
 */
public final class LedgerHalt {

  private final CompletableFuture<RolledBackException> reason = new CompletableFuture<>();

  /** Halts, unless that was done. */
  void halt(RolledBackException why) {
    reason.complete(why);
  }

  /** Why, or null if all is well. */
  @Nullable
  RolledBackException reason() {
    return reason.getNow(null);
  }

  /** Has {@code then} run when it comes to that, on the thread that finds out; at once if it has. */
  public void whenHalted(Consumer<RolledBackException> then) {
    var unused = reason.thenAccept(then);
  }
}

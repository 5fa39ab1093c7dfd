package dev.retort.secagg;

import java.util.List;

/**
 * A refusal, with the signed messages that show it was right.
 *
 * @param reason why
 * @param evidence what was refused; for equivocation the two messages that contradict each other
 */
public record Refusal(RefusalReason reason, List<Signed> evidence) {

  public Refusal {
    evidence = List.copyOf(evidence);
  }
}

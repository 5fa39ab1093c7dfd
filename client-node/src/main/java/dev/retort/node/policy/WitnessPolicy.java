package dev.retort.node.policy;

/**
 * What a site has to do with witnesses.
 *
 * @param serve whether it is a witness of other nodes' ledgers
 */
public record WitnessPolicy(boolean serve) {

  /** Serves. */
  public static WitnessPolicy standard() {
    return new WitnessPolicy(true);
  }
}

package dev.retort.identity;

/**
 * The name of a federation, as it stands in every certificate of its members.
 *
 * @param value 1 to 63 characters of a-z, 0-9 and '-', beginning with a letter
 */
public record FederationName(String value) {

  public FederationName {
    if (!NodeId.isName(value)) {
      throw new IllegalArgumentException("federation must be " + NodeId.RULE + ": " + value);
    }
  }

  @Override
  public String toString() {
    return value;
  }
}

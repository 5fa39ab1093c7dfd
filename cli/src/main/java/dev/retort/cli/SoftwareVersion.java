package dev.retort.cli;

import picocli.CommandLine.IVersionProvider;

/** The version of this build, from the jar's manifest. */
final class SoftwareVersion implements IVersionProvider {

  static String current() {
    String version = SoftwareVersion.class.getPackage().getImplementationVersion();
    return version == null ? "development" : version;
  }

  @Override
  public String[] getVersion() {
    return new String[] {"retort " + current()};
  }
}

package dev.retort.node;

import java.nio.file.Path;

/**
 * A process that rotates the key of the home in its first argument and stands still at the step whose number is the second,
 * counted from 0, to be killed there. It prints the step's name when it does.
 */
final class RotationVictim {

  private int steps;

  private RotationVictim() {}

  public static void main(String[] arguments) throws Exception {
    new RotationVictim().rotate(Path.of(arguments[0]), Integer.parseInt(arguments[1]));
  }

  private void rotate(Path home, int stop) throws Exception {
    IdentityRotation.rotate(new NodeHome(home), RotationHome.RANDOM, RotationHome.CLOCK, step -> {
      if (steps++ == stop) {
        System.out.println(step);
        standStill();
      }
    });
    System.out.println("the end");
    standStill();
  }

  private static void standStill() {
    while (true) {
      try {
        Thread.sleep(Long.MAX_VALUE);
      } catch (InterruptedException e) {
        // There is nothing else to do.
      }
    }
  }
}

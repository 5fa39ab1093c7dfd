package dev.retort.forecast;

import dev.retort.forecast.ArgMaxError.Rival;
import java.util.List;

/** Where the votes go that the leading class does not get. */
public enum RestOfVotes {
  /** To all other classes alike: the mildest case. */
  SPREAD_EVENLY {
    @Override
    public double smallestAgreement(int classes) {
      return 1.0 / classes;
    }

    @Override
    List<Rival> rivals(double agreement, int classes) {
      int others = classes - 1;
      return List.of(new Rival(agreement - (1 - agreement) / others, others));
    }
  },

  /** All to the runner-up. */
  ON_ONE_RIVAL {
    @Override
    public double smallestAgreement(int classes) {
      return 0.5;
    }

    @Override
    List<Rival> rivals(double agreement, int classes) {
      Rival runnerUp = new Rival(2 * agreement - 1, 1);
      return classes == 2
          ? List.of(runnerUp)
          : List.of(runnerUp, new Rival(agreement, classes - 2));
    }
  };

  /** The share of votes at which the leading class is level with another; above it, it leads. */
  public abstract double smallestAgreement(int classes);

  /** The other classes, with leads as shares of all votes. */
  abstract List<Rival> rivals(double agreement, int classes);
}

package dev.retort.accounting;

import dev.retort.accounting.LossCells.Cumulants;
import java.util.List;
import org.jtransforms.fft.DoubleFFT_1D;

/**
 * The privacy loss of many independent events, near one point of its curve.
 *
 * <p>The sum of losses is convolved by FFT under an exponential tilt (Gopi, Lee, Wutschitz 2021 use a window; the tilt puts
 * the window where delta is decided). Untilted, rounding of the transform, about 1e-16 of the largest mass, would drown
 * deltas below 1e-11 and could come out below the truth; tilted, it stays relative to the delta asked for. A bound on that
 * rounding is added to every bin, and bounds on the mass outside the window and on all other rounding are added to delta, so
 * that the result stays an upper bound.
 */
final class LossComposition {

  // A transform of n points errs by at most ROUNDING log2(n) of the signal's length (Higham 2002,
  // Theorem 24.2, with exact twiddles to an ulp).
  private static final double ROUNDING = 6e-16;
  private static final double LOST_ABOVE = -21;
  private static final double LOST_FOLDED = -27;
  private static final double RELATIVE_SLACK = 1e-12;
  private static final double SLACK_AN_EVENT = 1e-14;

  private final List<Part> parts;
  private final double step;
  private final double offset;
  private final double infinite;
  private final double events;

  /**
   * Events alike.
   *
   * @param cells one event's loss
   * @param count how many of them, at least 1
   */
  record Part(LossCells cells, long count) {}

  /** The composition of {@code parts}, all on lattices of the same step. */
  LossComposition(List<Part> parts) {
    this.parts = List.copyOf(parts);
    this.step = parts.get(0).cells().step();
    double offsets = 0;
    double infinities = 0;
    double total = 0;
    for (Part part : parts) {
      offsets += part.count() * part.cells().offset();
      infinities += part.count() * part.cells().infinite();
      total += part.count();
    }
    this.offset = offsets;
    this.infinite = infinities;
    this.events = total;
  }

  /** The length of the transforms that {@link #epsilon} takes, together; it may be more than an int can hold. */
  double transformLengthForEpsilon(double delta) {
    return parts.size() * window(tiltAtDelta(delta), Math.log(delta)).length();
  }

  /** The length of the transforms that {@link #delta} takes, together; it may be more than an int can hold. */
  double transformLengthForDelta(double epsilon) {
    double tilt = tiltAtEpsilon(epsilon);
    return parts.size() * window(tilt, logDelta(tilt)).length();
  }

  /** An upper bound on the smallest epsilon >= 0 whose delta is at most {@code delta}; infinite if there is none. */
  double epsilon(double delta) {
    if (infinite >= delta) {
      return Double.POSITIVE_INFINITY;
    }
    // Beyond the largest loss nothing but infinite loss has mass.
    double largest = largestLoss();
    return Math.min(
        tail(tiltAtDelta(delta), Math.log(delta)).epsilon(delta),
        Math.max(0, largest + Math.abs(largest) * RELATIVE_SLACK));
  }

  private double largestLoss() {
    double largest = 0;
    for (Part part : parts) {
      largest += part.count() * part.cells().largestLoss();
    }
    return largest;
  }

  /** An upper bound on delta at {@code epsilon} >= 0. */
  double delta(double epsilon) {
    double tilt = tiltAtEpsilon(epsilon);
    return tail(tilt, logDelta(tilt)).delta(epsilon);
  }

  private Cumulants total(double tilt) {
    Cumulants sum = Cumulants.NONE;
    for (Part part : parts) {
      sum = sum.plus((double) part.count(), part.cells().cumulants(tilt));
    }
    return sum;
  }

  // Since (1 - e^-x)+ <= e^(tx) t^t / (1+t)^(1+t), delta(epsilon) is at most exp(K(t) - t epsilon)
  // times that factor
  // (the bound of Renyi DP of order 1 + t). Its minimum over t lies where epsilon = K'(t) + ln(t /
  // (1+t)), and is
  // exp(K(t) - t K'(t)) / (1+t): there the tilt puts its window.
  private double tiltAtDelta(double delta) {
    double target = Math.log(delta);
    return searchTilt(t -> logDelta(t) <= target);
  }

  private double tiltAtEpsilon(double epsilon) {
    return searchTilt(t -> epsilonAt(t, total(t)) >= epsilon);
  }

  private double logDelta(double tilt) {
    Cumulants at = total(tilt);
    return Math.min(0, at.log() - tilt * at.mean() - Math.log1p(tilt));
  }

  private static double epsilonAt(double tilt, Cumulants at) {
    return at.mean() - Math.log1p(1 / tilt);
  }

  // Tilting by more than e a bin would serve nothing.
  private double searchTilt(java.util.function.DoublePredicate enough) {
    double most = 8 / step;
    double high = Math.min(most, 1 / Math.sqrt(total(0).variance() + step * step));
    double low = 0;
    while (high < most && !enough.test(high)) {
      low = high;
      high = Math.min(most, 2 * high);
    }
    while (high - low > 1e-3 * high) {
      double middle = (low + high) / 2;
      if (enough.test(middle)) {
        high = middle;
      } else {
        low = middle;
      }
    }
    return high;
  }

  /**
   * Part of the lattice.
   *
   * @param first the index of its first bin
   * @param length how many bins, a power of two
   */
  private record Window(double first, double length) {}

  // Above the window little untilted mass may lie, since it is lost; and little tilted mass above
  // or below, since the
  // transform folds it into the window.
  private Window window(double tilt, double logDelta) {
    Cumulants at = total(tilt);
    double folded = LOST_FOLDED - Math.log1p(tilt);
    double reach = 0.02 / Math.sqrt(at.variance() + step * step);
    double lostAbove = Double.POSITIVE_INFINITY;
    double foldedAbove = Double.POSITIVE_INFINITY;
    double bottom = Double.NEGATIVE_INFINITY;
    for (double away = reach; away < 4096 * reach; away *= 1.25) {
      double above = tilt + away;
      double logAbove = total(above).log();
      lostAbove = Math.min(lostAbove, (logAbove - logDelta - LOST_ABOVE) / above);
      foldedAbove = Math.min(foldedAbove, (logAbove - at.log() - folded) / away);
      bottom = Math.max(bottom, (folded - total(tilt - away).log() + at.log()) / away);
    }
    double top = Math.max(lostAbove, foldedAbove);
    top = Math.min(top, largestLoss() + step);
    bottom = Math.min(bottom, epsilonAt(tilt, at) - 4 * step);
    double first = Math.floor((bottom - offset) / step) - 1;
    double last = Math.ceil((top - offset) / step) + 1;
    double length = Math.max(64, Math.scalb(1.0, Math.getExponent(last - first) + 1));
    return new Window(first, length);
  }

  private Tail tail(double tilt, double logDelta) {
    Window window = window(tilt, logDelta);
    if (!(window.length() <= 1 << 26)) {
      throw new IllegalStateException("transform must be at most 2^26 long: " + window.length());
    }
    int n = (int) window.length();
    DoubleFFT_1D transform = new DoubleFFT_1D(n);
    // Logarithm of modulus and the argument of the product, by frequency 0 .. n/2.
    double[] logModulus = new double[n / 2 + 1];
    double[] argument = new double[n / 2 + 1];
    double[][] moduli = new double[parts.size()][];
    double[] lengths = new double[parts.size()];
    double logScale = 0;
    for (int p = 0; p < parts.size(); p++) {
      Part part = parts.get(p);
      double log = part.cells().cumulants(tilt).log();
      logScale += part.count() * log;
      double[] spectrum = tilted(part.cells(), tilt, log, n);
      lengths[p] = length(spectrum);
      transform.realForward(spectrum);
      moduli[p] = new double[n / 2 + 1];
      for (int f = 0; f <= n / 2; f++) {
        double re = f == n / 2 ? spectrum[1] : spectrum[2 * f];
        double im = f == 0 || f == n / 2 ? 0 : spectrum[2 * f + 1];
        double modulus = Math.log(Math.hypot(re, im));
        moduli[p][f] = modulus;
        logModulus[f] += part.count() * modulus;
        // The argument's multiple is taken modulo a turn while it is exact to an ulp.
        argument[f] += Math.IEEEremainder(part.count() * Math.atan2(im, re), 2 * Math.PI);
      }
    }
    double error = rounding(n, logModulus, moduli, lengths);
    double[] sums = new double[n];
    for (int f = 0; f <= n / 2; f++) {
      double modulus = Math.exp(logModulus[f]);
      double re = modulus * Math.cos(argument[f]);
      if (f == n / 2) {
        sums[1] = re;
      } else {
        sums[2 * f] = re;
        sums[2 * f + 1] = modulus * Math.sin(argument[f]);
      }
    }
    transform.realInverse(sums, true);
    for (int i = 0; i < n; i++) {
      sums[i] = Math.max(0, sums[i]) + error;
    }
    int firstBin = (int) Math.floorMod((long) window.first(), (long) n);
    double slack = 1 + RELATIVE_SLACK + SLACK_AN_EVENT * events;
    double extra = infinite + Math.exp(logDelta + LOST_ABOVE);
    return new Tail(
        offset + window.first() * step, step, sums, firstBin, tilt, logScale, slack, extra);
  }

  private static double[] tilted(LossCells cells, double tilt, double log, int n) {
    double[] bins = new double[n];
    for (int cell = 0; cell < cells.size(); cell++) {
      double mass = cells.mass(cell);
      if (mass > 0) {
        int bin = (int) Math.floorMod(cells.index(cell), (long) n);
        bins[bin] += Math.exp(tilt * cells.loss(cell) - log + Math.log(mass));
      }
    }
    return bins;
  }

  private static double length(double[] signal) {
    double squares = 0;
    for (double value : signal) {
      squares += value * value;
    }
    return Math.sqrt(squares);
  }

  // A transform's error in one factor, times the other factors, by Cauchy-Schwarz; then the inverse
  // transform's own.
  private double rounding(int n, double[] logModulus, double[][] moduli, double[] lengths) {
    double relative = ROUNDING * (Integer.numberOfTrailingZeros(n) + 8);
    double sum = 0;
    for (int p = 0; p < parts.size(); p++) {
      double squares = 0;
      for (int f = 0; f < logModulus.length; f++) {
        double others = logModulus[f] - moduli[p][f];
        squares += Double.isNaN(others) ? 0 : 2 * Math.exp(2 * Math.min(0, others));
      }
      sum += parts.get(p).count() * lengths[p] * Math.sqrt(squares / n);
    }
    double result = 0;
    for (double log : logModulus) {
      result += 2 * Math.exp(2 * log);
    }
    return relative * (sum + Math.sqrt(result / n));
  }

  /** The composed loss within the window, tilted. */
  private static final class Tail {

    private final double firstLoss;
    private final double step;
    private final double[] ring;
    private final int firstBin;
    private final double tilt;
    private final double logScale;
    private final double slack;
    private final double extra;

    Tail(
        double firstLoss,
        double step,
        double[] ring,
        int firstBin,
        double tilt,
        double logScale,
        double slack,
        double extra) {
      this.firstLoss = firstLoss;
      this.step = step;
      this.ring = ring;
      this.firstBin = firstBin;
      this.tilt = tilt;
      this.logScale = logScale;
      this.slack = slack;
      this.extra = extra;
    }

    private double bin(int i) {
      return ring[(firstBin + i) % ring.length];
    }

    double epsilon(double delta) {
      double wanted = (delta - extra) / slack;
      if (!(wanted > 0)) {
        return Double.POSITIVE_INFINITY;
      }
      // Above bin i: sums of mass and of mass e^-(loss - loss_i), in units of the mass at bin i.
      double mass = 0;
      double discounted = 0;
      for (int i = ring.length - 1; i >= 0; i--) {
        double loss = firstLoss + i * step;
        double unit = logScale - tilt * loss;
        // At epsilon = loss, delta is mass - discounted.
        double target = Math.exp(Math.log(wanted) - unit);
        if (mass - discounted >= target) {
          // Within [loss, next loss] delta = mass - e^(epsilon - loss) discounted.
          double epsilon = loss + Math.log((mass - target) / discounted);
          return Math.max(0, epsilon + Math.abs(epsilon) * RELATIVE_SLACK);
        }
        mass = (mass + bin(i)) * Math.exp(-tilt * step);
        discounted = (discounted + bin(i)) * Math.exp(-tilt * step - step);
      }
      return Math.max(0, firstLoss);
    }

    double delta(double epsilon) {
      double sum = 0;
      for (int i = ring.length - 1; i >= 0; i--) {
        double loss = firstLoss + i * step;
        if (loss <= epsilon) {
          break;
        }
        sum += bin(i) * -Math.expm1(epsilon - loss) * Math.exp(logScale - tilt * loss);
      }
      return Math.min(1, sum * slack + extra);
    }
  }
}

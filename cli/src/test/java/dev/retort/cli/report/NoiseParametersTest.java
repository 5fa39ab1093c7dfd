package dev.retort.cli.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

class NoiseParametersTest {

  private static final Map<String, String> HINTS = Map.of(
      "mechanism", "dgauss-hints/1",
      "S", "3",
      "weight", "241",
      "classes", "10",
      "dimensions", "16",
      "norm", "512",
      "deltaSq", "2094034",
      "sigma", "60000");

  @Test
  void words_ofHints_nameBothParts() {
    assertThat(new NoiseParameters(HINTS).words().html())
        .contains(
            "add up to 3 times 241 over 10 classes, and 16 whole numbers of length at most 512")
        .contains("60000");
    Map<String, String> summed = new HashMap<>(HINTS);
    summed.put("mechanism", "dgauss-hints-sum/1");
    summed.put("contributors", "7");
    assertThat(new NoiseParameters(summed).words().html()).contains("noise of 7 sites");
  }

  @Test
  void gaussianEpsilon_ofHints_isThatOfOneVectorOfBothParts() {
    Map<String, String> whole = Map.of(
        "mechanism", "dgauss-features/1",
        "dimensions", "26",
        "deltaSq", "2094034",
        "sigma", "60000");
    BigDecimal delta = new BigDecimal("1e-5");
    assertThat(new NoiseParameters(HINTS).gaussianEpsilon(BigInteger.ONE, 900, delta))
        .isEqualTo(new NoiseParameters(whole).gaussianEpsilon(BigInteger.ONE, 900, delta))
        .isNotEmpty();
  }
}

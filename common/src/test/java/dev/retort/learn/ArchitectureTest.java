package dev.retort.learn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.retort.data.SampleShape;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ArchitectureTest {

  private static final SampleShape MNIST = SampleShape.image(1, 28, 28);

  @ParameterizedTest
  @ValueSource(strings = {"linear", "mlp-1", "mlp-128", "mlp-4096", "mlp-512-256", "cnn-small"})
  void parse_knownName_readsItBack(String name) throws UnknownArchitectureException {
    assertThat(Architecture.parse(name).name()).isEqualTo(name);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "resnet",
        "mlp",
        "mlp-",
        "mlp-0",
        "mlp-4097",
        "mlp-9999",
        "mlp-07",
        "mlp-8-8-8",
        "Linear"
      })
  void parse_unknownName_namesTheKnownOnes(String name) {
    assertThatThrownBy(() -> Architecture.parse(name))
        .isInstanceOf(UnknownArchitectureException.class)
        .hasMessageContaining("linear")
        .hasMessageContaining("mlp-W")
        .hasMessageContaining("cnn-small")
        .hasMessageEndingWith(": " + name);
  }

  @Test
  void parameterCount_ofTheBenchmarks_isAsCountedByHand() {
    assertThat(Toy.architecture("linear").parameterCount(MNIST, 10)).isEqualTo(7_850);
    assertThat(Toy.architecture("mlp-128").parameterCount(MNIST, 10)).isEqualTo(101_770);
    assertThat(Toy.architecture("mlp-512-512").parameterCount(MNIST, 10)).isEqualTo(669_706);
    assertThat(Toy.architecture("cnn-small").parameterCount(MNIST, 10)).isEqualTo(206_922);
  }

  @Test
  void parameters_ofAnMlp_areNamedAndLaidOutAsInPyTorch() {
    assertThat(Toy.architecture("mlp-5").parameters(SampleShape.row(3), 2))
        .containsExactly(
            new ParameterShape("fc1.weight", List.of(5, 3)),
            new ParameterShape("fc1.bias", List.of(5)),
            new ParameterShape("fc2.weight", List.of(2, 5)),
            new ParameterShape("fc2.bias", List.of(2)));
  }

  @Test
  void checkSuits_cnnOnATable_saysWhatToChoose() {
    assertThatThrownBy(() -> Toy.architecture("cnn-small").checkSuits(SampleShape.row(30)))
        .isInstanceOf(UnsuitableArchitectureException.class)
        .hasMessageContaining("cnn-small")
        .hasMessageContaining("30")
        .hasMessageContaining("mlp-W");
  }

  @Test
  void checkSuits_cnnOnAThinImage_isRefused() {
    assertThatThrownBy(() -> Toy.architecture("cnn-small").checkSuits(SampleShape.image(3, 3, 28)))
        .isInstanceOf(UnsuitableArchitectureException.class)
        .hasMessageContaining("3x3x28");
    assertThatCode(() -> Toy.architecture("cnn-small").checkSuits(SampleShape.image(3, 4, 4)))
        .doesNotThrowAnyException();
  }
}

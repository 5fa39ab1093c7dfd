package dev.retort.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.List;
import org.junit.jupiter.api.Test;

final class TextEncodingTest {

  @Test
  void parse_ofText_isTheSame() {
    for (TextEncoding encoding : List.of(
        new TextEncoding.MiniLm(), new TextEncoding.Words(256), new TextEncoding.Words(16384))) {
      assertThat(TextEncoding.parse(encoding.text())).isEqualTo(encoding);
    }
    assertThat(TextEncoding.parse("minilm").width()).isEqualTo(384);
    assertThat(TextEncoding.parse("words-4096").width()).isEqualTo(4096);
  }

  @Test
  void parse_otherNames_saysWhichThereAre() {
    for (String name : List.of(
        "",
        "MiniLM",
        "words",
        "words-",
        "words-128",
        "words-1000",
        "words-0256",
        "words-32768",
        "words-999999999999")) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> TextEncoding.parse(name))
          .withMessage(
              "encoder must be minilm, or words-N with N a power of two from 256 to 16384: "
                  + name);
    }
  }
}

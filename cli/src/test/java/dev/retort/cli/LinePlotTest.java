package dev.retort.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.retort.cli.LinePlot.Axis;
import dev.retort.cli.LinePlot.Line;
import dev.retort.cli.LinePlot.Point;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;

final class LinePlotTest {

  private static LinePlot plot(Line... lines) {
    return new LinePlot("a plot", Axis.counts("nodes", 9), Axis.fromZero("loss"), List.of(lines));
  }

  private static Document document(String svg) throws Exception {
    return DocumentBuilderFactory.newInstance()
        .newDocumentBuilder()
        .parse(new ByteArrayInputStream(svg.getBytes(StandardCharsets.UTF_8)));
  }

  private static List<Element> elements(Document document, String name) {
    NodeList found = document.getElementsByTagName(name);
    return IntStream.range(0, found.getLength())
        .mapToObj(i -> (Element) found.item(i))
        .toList();
  }

  @Test
  void figure_textOfAnybody_isEscaped() throws Exception {
    String svg = LinePlot.figure("a < b & c", "<script>", List.of(plot()));
    assertThat(elements(document(svg), "script")).isEmpty();
    assertThat(elements(document(svg), "text").get(0).getTextContent()).isEqualTo("a < b & c");
  }

  @Test
  void figure_anyPlot_paintsItsBackgroundFirst() throws Exception {
    Document document = document(LinePlot.figure("a", "b", List.of(plot(), plot())));
    Element background = elements(document, "rect").get(0);
    assertThat(background.getAttribute("fill")).isEqualTo("#ffffff");
    assertThat(background.getAttribute("width"))
        .isEqualTo(document.getDocumentElement().getAttribute("width"));
  }

  @Test
  void figure_texts_areOfReadableSizeAndInsideThePicture() throws Exception {
    Line line = new Line("a line", List.of(new Point(0, 1), new Point(9, 3.7)));
    Document document = document(LinePlot.figure("a", "b", List.of(plot(line))));
    for (Element text : elements(document, "text")) {
      assertThat(Integer.parseInt(text.getAttribute("font-size"))).isGreaterThanOrEqualTo(13);
    }
    List<String> texts =
        elements(document, "text").stream().map(Element::getTextContent).toList();
    assertThat(texts).contains("a line", "nodes", "loss", "0", "9", "3.5", "4");
  }

  @Test
  void figure_lineOfOnePointOrNone_isAMarkerOrNothing() throws Exception {
    Line one = new Line("one", List.of(new Point(0, 1)));
    Line none = new Line("none", List.of());
    assertThat(LinePlot.figure("a", "b", List.of(plot(one, none)))).doesNotContain("NaN");
    assertThat(LinePlot.figure("a", "b", List.of(plot(none)))).doesNotContain("NaN");
  }

  @Test
  void constructor_moreLinesThanColours_isRefused() {
    Line line = new Line("a", List.of());
    assertThatThrownBy(() -> plot(Collections.nCopies(5, line).toArray(Line[]::new)))
        .hasMessage("lines must be at most 4: 5");
  }
}

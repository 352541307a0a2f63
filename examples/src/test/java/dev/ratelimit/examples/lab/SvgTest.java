package dev.ratelimit.examples.lab;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ratelimit.examples.gateway.Outcome;
import dev.ratelimit.examples.gateway.Scale;
import java.io.StringReader;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;
import org.xml.sax.InputSource;

/** The picture is well-formed, names its seed, and draws each limit where the axis says it is. */
class SvgTest {

    @Test
    void textIsEscaped() throws Exception {
        String xml = new Svg(10, 10, "a < b & \"c\" > d")
                .text(1, 1, "start", 11, "", "1 < 2 & 3")
                .document();
        Document document = parse(xml);
        assertThat(document.getElementsByTagName("title").item(0).getTextContent())
                .isEqualTo("a < b & \"c\" > d");
        assertThat(document.getElementsByTagName("text").item(0).getTextContent())
                .isEqualTo("1 < 2 & 3");
    }

    @Test
    void pictureHasALimitInEachPanelAndAllLegends() throws Exception {
        Document document = parse(new TrafficPicture(measurements(), Scale.FULL, 42).document());
        List<Element> lines = elements(document, "line");
        assertThat(lines.stream().filter(SvgTest::isLimit).map(line -> line.getAttribute("x2")))
                .as("one limit across each of seven panels, and one in each legend")
                .hasSize(14)
                .filteredOn("640.0"::equals)
                .hasSize(7);
        assertThat(elements(document, "text").stream().map(Element::getTextContent))
                .contains(
                        "Traffic through the gateway, requests per second (seed 42)",
                        "limit: 1,000/s a client",
                        "limit: 500/s a client",
                        "limit: 200/s a client",
                        "the longest that is allowed: 300 ms",
                        "bronze: 50/s for each client; over it, refused; 100 calls-a-minute; 20,000 calls-a-month",
                        "limit: 100/s × 3 addresses",
                        "limit: 2,500/s in all",
                        "the daily peak: refused above the limit",
                        "a client runs amok, and is shut out again and again",
                        "shaping: waves wait their turn",
                        "flood: made-up keys",
                        "flood: changing addresses",
                        "the cache spares the backend the green part",
                        "offered");
    }

    @Test
    void limitsOfASmallerScaleAreDrawnAsTheyWere() throws Exception {
        Document document = parse(new TrafficPicture(measurements(), new Scale(50), 42).document());
        assertThat(elements(document, "text").stream().map(Element::getTextContent))
                .contains(
                        "Traffic through the gateway, requests per second (seed 42, load and limits at 50 %)",
                        "limit: 500/s a client",
                        "limit: 1,250/s in all",
                        "bronze: 25/s for each client; over it, refused; 50 calls-a-minute; 10,000 calls-a-month");
    }

    @Test
    void aNoteIsAboveItsPartOfTheRunAndOnesThatMeetStandBelowEachOther() throws Exception {
        List<Double> nothing = List.of(0.0, 0.0);
        Svg svg = new Svg(900, 200, "x");
        List<Source.Note> notes = List.of(
                new Source.Note("early", 0, 0.5), new Source.Note("late", 0.5, 1), new Source.Note("later", 0.75, 1));
        new Panel("x", nothing, "line", List.of(), 1, "limit", notes).draw(svg, 0, Duration.ofSeconds(1));
        List<Element> texts = elements(parse(svg.document()), "text").stream()
                .filter(text -> text.getAttribute("font-size").equals("11"))
                .filter(text -> text.getAttribute("font-weight").equals("bold"))
                .toList();
        assertThat(texts).extracting(Element::getTextContent).containsExactly("early", "late", "later");
        assertThat(texts).extracting(text -> text.getAttribute("x")).containsExactly("206.5", "495.5", "567.8");
        assertThat(texts.get(0).getAttribute("y")).isEqualTo(texts.get(1).getAttribute("y"));
        assertThat(Double.parseDouble(texts.get(2).getAttribute("y")))
                .isGreaterThan(Double.parseDouble(texts.get(1).getAttribute("y")) + 11);
    }

    @Test
    void limitIsDrawnAtItsValue() throws Exception {
        List<Double> nothing = List.of(0.0, 0.0);
        Svg svg = new Svg(900, 200, "x");
        new Panel("x", nothing, "line", List.of(new Panel.Band("y", nothing, "#000")), 1000, "limit", List.of())
                .draw(svg, 0, Duration.ofSeconds(1));
        Document document = parse(svg.document());
        String limit = elements(document, "line").stream()
                .filter(SvgTest::isLimit)
                .findFirst()
                .orElseThrow()
                .getAttribute("y1");
        assertThat(elements(document, "line").stream()
                        .filter(line -> !isLimit(line))
                        .map(line -> line.getAttribute("y1")))
                .as("the grid line of 1,000")
                .contains(limit);
        assertThat(elements(document, "text").stream().map(Element::getTextContent))
                .contains("1,000");
    }

    private static Measurements measurements() {
        Schedule schedule = Schedule.of(Source.demonstration(), Duration.ofSeconds(1), 42);
        Measurements measured = new Measurements(schedule);
        for (Schedule.Arrival arrival : schedule.arrivals()) {
            measured.add(arrival, Outcome.ALLOWED, arrival.nanos(), arrival.nanos() + 1_000_000, 0);
        }
        return measured;
    }

    private static boolean isLimit(Element line) {
        return !line.getAttribute("stroke-dasharray").isEmpty();
    }

    private static List<Element> elements(Document document, String name) {
        NodeList nodes = document.getElementsByTagName(name);
        List<Element> elements = new ArrayList<>();
        for (int i = 0; i < nodes.getLength(); i++) {
            elements.add((Element) nodes.item(i));
        }
        return elements;
    }

    private static Document parse(String xml) throws Exception {
        return DocumentBuilderFactory.newInstance().newDocumentBuilder().parse(new InputSource(new StringReader(xml)));
    }
}

package dev.ratelimit.examples.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import javax.xml.parsers.DocumentBuilder;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.xml.sax.SAXException;

/** The account is found where an order names one, and nothing that a stranger writes does anything else. */
class OrderDocumentTest {

    private static final String GOOD = "<order><account id=\"a-17\"/><item>x</item></order>";

    @TempDir
    private Path folder;

    @ParameterizedTest
    @ValueSource(
            strings = {
                GOOD,
                "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<!-- c --><order a='1'><x/><account id='a-17'>t</account></order>",
                "<order><account id='a&#45;17'/></order>",
                "<order><account id='a-17'/><x><account id='b'/></x></order>"
            })
    void accountIsFound(String xml) {
        assertThat(OrderDocument.account(bytes(xml))).contains("a-17");
    }

    @Test
    void otherEncodingsAreXmlToo() {
        assertThat(OrderDocument.account(GOOD.getBytes(StandardCharsets.UTF_16)))
                .contains("a-17");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "{\"order\": 1}",
                "<order>",
                "<order/>",
                "<order><account/></order>",
                "<order><account id=''/></order>",
                "<order><account id=' '/></order>",
                "<order><account id='a b'/></order>",
                "<order><account id='a&#10;b'/></order>",
                "<order><account id='a'/><account id='b'/></order>",
                "<order><account id='a' id='b'/></order>",
                "<account id='a'/>",
                "<orders><order><account id='a'/></order></orders>",
                "<order xmlns='urn:x'><account id='&undefined;'/></order>",
                "<!DOCTYPE order><order><account id='a'/></order>",
                "<!DOCTYPE order [<!ATTLIST account id CDATA 'a'>]><order><account/></order>"
            })
    void whatNamesNoAccountNamesNone(String xml) {
        assertThat(OrderDocument.account(bytes(xml))).isEmpty();
    }

    @Test
    void longIdAndDeepTreeAreRefused() {
        assertThat(OrderDocument.account(bytes(GOOD.replace("a-17", "a".repeat(65)))))
                .isEmpty();
        String deep = "<x>".repeat(10_000) + "</x>".repeat(10_000);
        assertThat(OrderDocument.account(bytes(GOOD.replace("<item>", "<item>" + deep))))
                .isEmpty();
    }

    @Test
    void externalEntityReadsNoFile() throws IOException {
        Path secret = Files.writeString(folder.resolve("secret"), "a-17");
        String entity = "<!ENTITY e SYSTEM \"" + secret.toUri() + "\">";
        assertThat(OrderDocument.account(
                        bytes("<!DOCTYPE order [" + entity + "]><order><account id=\"a-17\">&e;</account></order>")))
                .isEmpty();
        assertThat(OrderDocument.account(bytes("<!DOCTYPE order SYSTEM \"" + secret.toUri() + "\">" + GOOD)))
                .isEmpty();
    }

    @Test
    void externalEntityAsksNoServer() throws IOException {
        try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            String url = "http://127.0.0.1:" + server.getLocalPort() + "/x";
            for (String type : new String[] {
                "<!DOCTYPE order SYSTEM \"" + url + "\">",
                "<!DOCTYPE order [<!ENTITY % p SYSTEM \"" + url + "\"> %p;]>",
                "<!DOCTYPE order [<!ENTITY e SYSTEM \"" + url + "\">]>"
            }) {
                assertThat(OrderDocument.account(bytes(type + GOOD.replace("x<", "&e;<"))))
                        .isEmpty();
            }
            String include = "<xi:include xmlns:xi=\"http://www.w3.org/2001/XInclude\" href=\"" + url + "\"/>";
            assertThat(OrderDocument.account(bytes(GOOD.replace("x<", include + "<"))))
                    .contains("a-17");
            // Parsing is over; a client that had connected would be in the backlog.
            server.setSoTimeout(1);
            assertThatThrownBy(server::accept).isInstanceOf(SocketTimeoutException.class);
        }
    }

    /** The twin without settings: if the check above did not find it out, it would prove nothing. */
    @Test
    void parserThatIsNotSecuredAsksTheServer() throws Exception {
        CompletableFuture<Void> parsing;
        try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            String type = "<!DOCTYPE order SYSTEM \"http://127.0.0.1:" + server.getLocalPort() + "/x\">";
            DocumentBuilder naive = DocumentBuilderFactory.newDefaultInstance().newDocumentBuilder();
            parsing = CompletableFuture.runAsync(() -> {
                try {
                    naive.parse(new ByteArrayInputStream(bytes(type + GOOD)));
                } catch (SAXException | IOException e) {
                    // The server says nothing; that it was asked is all that matters.
                }
            });
            server.setSoTimeout(20_000);
            server.accept().close();
        }
        // Without a server, so that a second request ends at once.
        parsing.join();
    }

    @Test
    void billionLaughsAreRefusedAtOnce() {
        StringBuilder type = new StringBuilder("<!DOCTYPE order [<!ENTITY l0 \"lol\">");
        for (int i = 1; i < 10; i++) {
            type.append("<!ENTITY l")
                    .append(i)
                    .append(" \"")
                    .append(("&l" + (i - 1) + ";").repeat(10))
                    .append("\">");
        }
        String xml = type + "]>" + GOOD.replace("x<", "&l9;<");
        assertTimeoutPreemptively(
                Duration.ofSeconds(20),
                () -> assertThat(OrderDocument.account(bytes(xml))).isEmpty());
    }

    @Test
    void mutilatedOrdersNeverThrowAndNothingIsPrinted() {
        PrintStream before = System.err;
        ByteArrayOutputStream printed = new ByteArrayOutputStream();
        System.setErr(new PrintStream(printed, true, StandardCharsets.UTF_8));
        try {
            Random random = new Random(17);
            for (int i = 0; i < 2_000; i++) {
                byte[] xml = bytes(GOOD);
                for (int hits = 1 + random.nextInt(3); hits > 0; hits--) {
                    xml[random.nextInt(xml.length)] = (byte) random.nextInt(256);
                }
                OrderDocument.account(xml).ifPresent(id -> assertThat(id).matches("[A-Za-z0-9._-]{1,64}"));
            }
        } finally {
            System.setErr(before);
        }
        assertThat(printed.toString(StandardCharsets.UTF_8)).isEmpty();
    }

    private static byte[] bytes(String xml) {
        return xml.getBytes(StandardCharsets.UTF_8);
    }
}

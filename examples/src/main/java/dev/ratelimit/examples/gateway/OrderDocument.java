package dev.ratelimit.examples.gateway;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.Optional;
import java.util.regex.Pattern;
import javax.xml.XMLConstants;
import javax.xml.parsers.DocumentBuilder;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import javax.xml.xpath.XPath;
import javax.xml.xpath.XPathConstants;
import javax.xml.xpath.XPathExpressionException;
import javax.xml.xpath.XPathFactory;
import org.w3c.dom.Document;
import org.w3c.dom.NodeList;
import org.xml.sax.SAXException;
import org.xml.sax.helpers.DefaultHandler;

/**
 * An order in XML, as a stranger has written it: read for the account that it is for.
 *
 * <p>Without a document type there are no entities: none that reads a file or an address, and none that grows a small
 * body into a large tree. So a document type is refused, and everything else that would leave the body is off, too.
 */
final class OrderDocument {

    private static final String ACCOUNT = "/order/account/@id";
    private static final Pattern ACCOUNT_ID = Pattern.compile("[A-Za-z0-9._-]{1,64}");
    private static final String NO_DOCTYPE = "http://apache.org/xml/features/disallow-doctype-decl";
    private static final String DEEPEST = "jdk.xml.maxElementDepth";

    private OrderDocument() {}

    /** Returns the id of the one account that an order names; empty if it is broken, or hostile, or no order. */
    static Optional<String> account(byte[] xml) {
        try {
            Document document = parser().parse(new ByteArrayInputStream(xml));
            NodeList ids = (NodeList) xpath().evaluate(ACCOUNT, document, XPathConstants.NODESET);
            // Of two accounts the backend might take the other one.
            return ids.getLength() == 1
                    ? Optional.of(ids.item(0).getNodeValue())
                            .filter(id -> ACCOUNT_ID.matcher(id).matches())
                    : Optional.empty();
        } catch (SAXException | IOException | XPathExpressionException e) {
            return Optional.empty();
        }
    }

    /** Returns the JDK's own parser: of any other that is around, nobody knows which of these words it understands. */
    private static DocumentBuilder parser() {
        DocumentBuilderFactory factory = DocumentBuilderFactory.newDefaultInstance();
        try {
            factory.setFeature(XMLConstants.FEATURE_SECURE_PROCESSING, true);
            factory.setFeature(NO_DOCTYPE, true);
            factory.setAttribute(XMLConstants.ACCESS_EXTERNAL_DTD, "");
            factory.setAttribute(XMLConstants.ACCESS_EXTERNAL_SCHEMA, "");
            factory.setAttribute(DEEPEST, "50");
            factory.setXIncludeAware(false);
            factory.setExpandEntityReferences(false);
            DocumentBuilder parser = factory.newDocumentBuilder();
            // It throws what is fatal; without it, the JDK writes that to the standard error, too.
            parser.setErrorHandler(new DefaultHandler());
            return parser;
        } catch (ParserConfigurationException e) {
            throw new IllegalStateException("the JDK's XML parser cannot be secured", e);
        }
    }

    private static XPath xpath() {
        return XPathFactory.newDefaultInstance().newXPath();
    }
}

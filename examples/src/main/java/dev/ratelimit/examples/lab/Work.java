package dev.ratelimit.examples.lab;

import java.io.IOException;

/** What the requests of a source ask for. */
enum Work {

    /** A thing to read. */
    ITEMS {
        @Override
        Connection.Answer send(Connection connection, String fields, int serial) throws IOException {
            return connection.get("/items/" + serial, fields);
        }
    },

    /** One of a few things that everybody wants, and that the backend lets a cache keep. */
    CATALOGUE {
        @Override
        Connection.Answer send(Connection connection, String fields, int serial) throws IOException {
            return connection.get(Backend.CATALOGUE + serial % PRODUCTS, fields);
        }
    },

    /** An order in XML, for one of two accounts. */
    ORDERS {
        @Override
        Connection.Answer send(Connection connection, String fields, int serial) throws IOException {
            String order = "<order><account id=\"a-" + serial % 2 + "\"/><item>" + serial + "</item></order>";
            String body = "Content-Type: application/xml\r\nContent-Length: " + order.length() + "\r\n\r\n" + order;
            return connection.send("POST", Backend.ORDERS, fields + body);
        }
    };

    private static final int PRODUCTS = 10;

    /** Sends one request with the header fields of its sender, and waits for the whole answer. */
    abstract Connection.Answer send(Connection connection, String fields, int serial) throws IOException;
}

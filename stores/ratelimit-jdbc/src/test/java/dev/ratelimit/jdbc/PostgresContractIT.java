package dev.ratelimit.jdbc;

import dev.ratelimit.testservers.PostgresServer;

/** The rules, in PostgreSQL. */
class PostgresContractIT extends ServerContract {

    PostgresContractIT() {
        super(TestDatabase.POSTGRESQL, port -> PostgresServer.jdbcUrl(port) + "&connectTimeout=1&loginTimeout=1");
    }
}

package dev.ratelimit.jdbc;

import dev.ratelimit.testservers.MariaDbServer;

/** The rules, in MariaDB. */
class MariaDbContractIT extends ServerContract {

    MariaDbContractIT() {
        super(TestDatabase.MARIADB, port -> MariaDbServer.jdbcUrl(port) + "&connectTimeout=1000");
    }
}

package dev.ratelimit.jdbc;

import dev.ratelimit.testservers.MySqlServer;

/** The rules, in MySQL, by its own driver. */
class MySqlContractIT extends ServerContract {

    MySqlContractIT() {
        super(TestDatabase.MYSQL, port -> MySqlServer.jdbcUrl(port) + "&connectTimeout=1000");
    }
}

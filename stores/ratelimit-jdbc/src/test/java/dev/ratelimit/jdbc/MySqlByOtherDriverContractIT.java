package dev.ratelimit.jdbc;

import dev.ratelimit.testservers.MySqlServer;

/** The rules, in MySQL, by MariaDB's driver. */
class MySqlByOtherDriverContractIT extends ServerContract {

    MySqlByOtherDriverContractIT() {
        super(
                TestDatabase.MYSQL,
                port -> MySqlServer.jdbcUrl(port).replace("jdbc:mysql:", "jdbc:mariadb:") + "&connectTimeout=1000");
    }
}

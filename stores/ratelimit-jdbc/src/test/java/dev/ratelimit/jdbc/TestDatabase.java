package dev.ratelimit.jdbc;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.ratelimit.testservers.MariaDbServer;
import dev.ratelimit.testservers.MySqlServer;
import dev.ratelimit.testservers.PostgresServer;
import dev.ratelimit.testservers.TemporaryFolder;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Assumptions;

/** The databases that tests count in, each started once for all tests of a JVM, which it dies with. */
enum TestDatabase {
    H2_FILE {
        @Override
        String url() {
            return H2.URL;
        }

        @Override
        boolean isAvailable() {
            return true;
        }
    },
    POSTGRESQL {
        @Override
        String url() {
            return PostgresServer.jdbcUrl(Postgres.SERVER.port());
        }

        @Override
        boolean isAvailable() {
            return PostgresServer.isAvailable();
        }
    },
    MARIADB {
        @Override
        String url() {
            return MariaDbServer.jdbcUrl(MariaDb.SERVER.port());
        }

        @Override
        boolean isAvailable() {
            return MariaDbServer.isAvailable();
        }
    },
    MYSQL {
        @Override
        String url() {
            return MySqlServer.jdbcUrl(MySql.SERVER.port());
        }

        @Override
        boolean isAvailable() {
            return MySqlServer.isAvailable();
        }
    };

    private static final AtomicInteger TABLES = new AtomicInteger();

    private static final class H2 {
        static final String URL =
                "jdbc:h2:file:" + TemporaryFolder.create("h2").path().resolve("quota") + ";WRITE_DELAY=0";
    }

    private static final class Postgres {
        static final PostgresServer SERVER = PostgresServer.start();
    }

    private static final class MariaDb {
        static final MariaDbServer SERVER = MariaDbServer.start();
    }

    private static final class MySql {
        static final MySqlServer SERVER = MySqlServer.start();
    }

    /** Where it is; starts it if need be. */
    abstract String url();

    abstract boolean isAvailable();

    /** The port of its server; starts it if need be. */
    int port() {
        return Integer.parseInt(url().replaceAll(".*:(\\d+)/.*", "$1"));
    }

    /** A pool of connections to it, as the guide advises; skips the test visibly where there is no such database. */
    HikariDataSource pool() {
        Assumptions.assumeTrue(isAvailable(), () -> "there is no " + this + " for this machine");
        HikariConfig config = config(url());
        if (this == MARIADB || this == MYSQL) {
            config.setTransactionIsolation("TRANSACTION_READ_COMMITTED");
            config.setAutoCommit(false);
        }
        return new HikariDataSource(config);
    }

    /** A pool as it is unless set otherwise. */
    static HikariDataSource pool(String url) {
        return new HikariDataSource(config(url));
    }

    /** A pool whose callers wait longer for a connection, as processes need that start all at once. */
    static HikariDataSource patientPool(String url) {
        HikariConfig config = config(url);
        config.setConnectionTimeout(20_000);
        return new HikariDataSource(config);
    }

    private static HikariConfig config(String url) {
        HikariConfig config = new HikariConfig();
        config.setJdbcUrl(url);
        config.setMaximumPoolSize(16);
        config.setMinimumIdle(0);
        config.setConnectionTimeout(2_000);
        config.setInitializationFailTimeout(-1);
        return config;
    }

    /** The name of a table that no other test uses. */
    static String newTable() {
        return "quota_" + TABLES.incrementAndGet();
    }
}

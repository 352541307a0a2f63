package dev.ratelimit.examples;

import dev.ratelimit.jdbc.JdbcQuotaStore;
import javax.sql.DataSource;

/** Quotas in the database of an application, by a pool that nobody else takes connections from. */
final class OwnPool {

    private OwnPool() {}

    /** The store of one of several applications that share the tables. */
    static JdbcQuotaStore open(DataSource poolForQuotas) {
        JdbcQuotaStore store = JdbcQuotaStore.builder(poolForQuotas)
                .table("app.quota")
                .namespace("billing")
                .createTables()
                .build();
        return store;
    }
}

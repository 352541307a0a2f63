/** Quotas in a database: {@link dev.ratelimit.jdbc.JdbcQuotaStore}. */
module dev.ratelimit.jdbc {
    requires transitive dev.ratelimit.quota.spi;
    requires dev.ratelimit.runtime;
    requires transitive java.sql;
    requires static transitive org.jspecify;
    requires org.slf4j;

    exports dev.ratelimit.jdbc;
}
